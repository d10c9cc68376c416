import type { IncomingMessage } from 'node:http';

import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';

import { jsonService } from '../../../lib/local/wire/json-service.js';
import type { WireRequest } from '../../../lib/local/wire/wire-service.js';

const service = jsonService({
  signingName: 'thing',
  targetPrefix: 'Thing',
  jsonVersion: '1.1',
  operations: { Echo: async (input: object) => ({ input }) },
  memberTypes: { names: z.array(z.string()) },
});

async function echo(body: string): Promise<unknown> {
  const answer = await service.handle({
    requestId: 'request-1',
    method: 'POST',
    path: '/',
    query: new URLSearchParams(),
    headers: { 'x-amz-target': 'Thing.Echo' },
    message: {} as IncomingMessage,
    caller: { arn: 'arn:aws:iam::123456789012:user/local', userId: 'AIDALOCAL', isRoleSession: false },
    readBody: async () => Buffer.from(body),
  } satisfies WireRequest);
  return (JSON.parse(answer.body as string) as { input: unknown }).input;
}

describe('a service of the JSON protocol', () => {
  it('takes a member that is null for one that is left out', async () => {
    expect(await echo('{"names":null,"other":1}')).toEqual({ other: 1 });
  });

  it('keeps members with the names of what every object has as members', async () => {
    expect(JSON.stringify(await echo('{"__proto__":{"a":1},"constructor":2}'))).toBe(
      '{"__proto__":{"a":1},"constructor":2}',
    );
  });

  it.each([
    ['[1]', 'not a JSON object'],
    ['{', 'not a JSON object'],
    [`{"a":${'['.repeat(50_000)}${']'.repeat(50_000)}}`, 'nested over 100 deep'],
    ['{"names":"a"}', "The request's names is wrong: Invalid input: expected array, received string"],
    ['{"names":["a",{}]}', "The request's names[1] is wrong: Invalid input: expected string"],
  ])('refuses a body that no operation could read, as %.30s', async (body, told) => {
    await expect(echo(body)).rejects.toMatchObject({
      code: 'SerializationException',
      message: expect.stringContaining(told),
    });
  });
});
