import type { IncomingMessage } from 'node:http';
import { PassThrough } from 'node:stream';

import { describe, expect, it } from '@jest/globals';

import { readBody } from '../../../lib/local/server/read-body.js';

function aMessage(): PassThrough & IncomingMessage {
  return Object.assign(new PassThrough(), { headers: {} }) as unknown as PassThrough & IncomingMessage;
}

describe('the body of a request', () => {
  it('is there whole', async () => {
    const message = aMessage();
    const body = readBody(message);
    message.write('ab');
    message.end('c');
    expect((await body).toString()).toBe('abc');
  });

  it('is given up when it takes too long, though it goes on', async () => {
    const message = aMessage();
    const drip = setInterval(() => message.write('x'), 5);
    const refusal = { code: 'RequestTimeout', statusCode: 408 };
    await expect(readBody(message, 1_000_000, 50)).rejects.toMatchObject(refusal);
    clearInterval(drip);
  });

  it('is kept no longer than it may be', async () => {
    const message = aMessage();
    const body = readBody(message, 10);
    message.write('x'.repeat(11));
    await expect(body).rejects.toMatchObject({ code: 'RequestEntityTooLarge', statusCode: 413 });
    expect(message.listenerCount('data')).toBe(0);
  });

  it('is not waited for when the client is gone', async () => {
    const message = aMessage();
    const body = readBody(message);
    message.destroy();
    await expect(body).rejects.toMatchObject({ code: 'RequestTimeout' });
  });
});
