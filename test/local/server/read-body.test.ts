import type { IncomingMessage } from 'node:http';
import { PassThrough } from 'node:stream';

import { describe, expect, it } from '@jest/globals';

import { readBody } from '../../../lib/local/server/read-body.js';

function aMessage(): PassThrough & IncomingMessage {
  return Object.assign(new PassThrough(), { headers: {} }) as unknown as PassThrough & IncomingMessage;
}

describe('readBody', () => {
  it('`readBody` returns the whole body', async () => {
    const message = aMessage();
    const body = readBody(message);
    message.write('ab');
    message.end('c');
    expect((await body).toString()).toBe('abc');
  });

  it('`readBody` rejects a body that takes too long, although bytes still arrive', async () => {
    const message = aMessage();
    const drip = setInterval(() => message.write('x'), 5);
    const refusal = { code: 'RequestTimeout', statusCode: 408 };
    await expect(readBody(message, 1_000_000, 50)).rejects.toMatchObject(refusal);
    clearInterval(drip);
  });

  it('`readBody` rejects a body over the size limit', async () => {
    const message = aMessage();
    const body = readBody(message, 10);
    message.write('x'.repeat(11));
    await expect(body).rejects.toMatchObject({ code: 'RequestEntityTooLarge', statusCode: 413 });
    expect(message.listenerCount('data')).toBe(0);
  });

  it('`readBody` rejects when the client closes the connection', async () => {
    const message = aMessage();
    const body = readBody(message);
    message.destroy();
    await expect(body).rejects.toMatchObject({ code: 'RequestTimeout' });
  });
});
