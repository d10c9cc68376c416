import { describe, expect, it } from '@jest/globals';

import { jsonService } from '../../../lib/local/wire/json-service.js';
import { aRequest } from './test-request.js';

const service = jsonService({
  signingName: 'thing',
  targetPrefix: 'Thing',
  jsonVersion: '1.1',
  operations: { Echo: async (input: object) => ({ input }) },
});

async function echo(body: string): Promise<unknown> {
  const answer = await service.handle(aRequest({ headers: { 'x-amz-target': 'Thing.Echo' }, body }));
  return (JSON.parse(answer.body as string) as { input: unknown }).input;
}

describe('jsonService', () => {
  it('`jsonService` leaves out members that are null, at every depth', async () => {
    expect(await echo('{"names":null,"other":[{"a":null,"b":1}]}')).toEqual({ other: [{ b: 1 }] });
  });

  it('`jsonService` keeps members that have the names of members of every object', async () => {
    expect(JSON.stringify(await echo('{"__proto__":{"a":1},"constructor":2}'))).toBe(
      '{"__proto__":{"a":1},"constructor":2}',
    );
  });

  it.each([
    ['[1]', 'not a JSON object'],
    ['{', 'not a JSON object'],
    [`{"a":${'['.repeat(50_000)}${']'.repeat(50_000)}}`, 'nested deeper than 100 levels'],
  ])('`jsonService` refuses the invalid body %.30s', async (body, message) => {
    await expect(echo(body)).rejects.toMatchObject({
      code: 'SerializationException',
      message: expect.stringContaining(message),
    });
  });

  it.each(['Thing.Other', 'Thing.toString', 'Other.Echo', undefined])(
    '`jsonService` refuses the target %s with the operations that it has',
    async (target) => {
      await expect(service.handle(aRequest({ headers: { 'x-amz-target': target } }))).rejects.toMatchObject({
        code: 'UnknownOperationException',
        message: expect.stringMatching(/it has Echo/),
      });
    },
  );
});
