import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';

import { harmless, operation, serviceOperations } from '../../../lib/local/wire/operation.js';

const operations = serviceOperations('ValidationException', {
  Echo: operation(
    {
      name: z
        .string()
        .min(1)
        .regex(/^[a-z]*$/),
      limit: z.number().int().min(1).max(10).default(5),
      kind: z.enum(['A', 'B']).optional(),
      entries: z.array(z.strictObject({ id: z.string() })).optional(),
      color: z.string().regex(/^red$/, 'The color is not red.').optional(),
      trace: harmless(z.string(), 'nothing is traced here'),
    },
    async (input, { caller }) => ({ input, caller: caller.arn }),
  ),
});

describe('serviceOperations', () => {
  it('An operation runs with its input, defaults included', async () => {
    expect(await operations.Echo({ name: 'a', trace: 't' })).toMatchObject({
      input: { name: 'a', limit: 5, trace: 't' },
    });
  });

  it('An operation receives the caller', async () => {
    const caller = { arn: 'arn:a', userId: 'A', isRoleSession: false };
    expect(await operations.Echo({ name: 'a' }, { requestId: 'r', caller })).toMatchObject({
      caller: 'arn:a',
    });
  });

  it.each([
    [{ name: 1 }, "The request's name is wrong: Expected string"],
    [{ name: '', limit: '1' }, "The request's limit is wrong: Expected number"],
    [
      { name: 'a', entries: [{ id: 'a' }, { id: {} }] },
      "The request's entries[1].id is wrong: Expected string",
    ],
  ])(
    'An operation refuses a member of another type in %j with SerializationException',
    async (input, message) => {
      await expect(operations.Echo(input)).rejects.toMatchObject({ code: 'SerializationException', message });
    },
  );

  it.each([
    [
      { name: 'a', other: 1 },
      'The local AWS has no other in Echo; it has name, limit, kind, entries, color, trace.',
    ],
    [
      { name: 'a', entries: [{ id: 'a', more: 1 }] },
      'The local AWS has no entries[0].more in Echo; it has id.',
    ],
    [
      {},
      "1 validation error detected: Value at 'name' failed to satisfy constraint: Member must not be null",
    ],
    [
      { name: 'a', limit: 11 },
      "1 validation error detected: Value '11' at 'limit' failed to satisfy constraint: Member must have value less than or equal to 10",
    ],
    [
      { name: 'a', limit: 1.5 },
      "1 validation error detected: Value '1.5' at 'limit' failed to satisfy constraint: Member must be a whole number",
    ],
    [
      { name: 'A', kind: 'C' },
      "2 validation errors detected: Value 'A' at 'name' failed to satisfy constraint: Member must satisfy regular expression pattern: ^[a-z]*$; Value 'C' at 'kind' failed to satisfy constraint: Member must satisfy enum value set: [A, B]",
    ],
    [{ name: 'a', color: 'blue' }, 'The color is not red.'],
  ])('An operation refuses %j with the code of the service', async (input, message) => {
    await expect(operations.Echo(input)).rejects.toMatchObject({ code: 'ValidationException', message });
  });

  it('An operation does not repeat a long value in its message', async () => {
    await expect(operations.Echo({ name: 'A'.repeat(201) })).rejects.toThrow("Value at 'name'");
  });
});
