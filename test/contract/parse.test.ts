import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';

import {
  CodeseederError,
  FAILURE_MESSAGE_MAX_CHARACTERS,
  parseInvocation,
  parseRunRequest,
  parseWith,
} from '../../lib/contract/index.js';
import { aRunRequest } from './builders.js';

const nested = (depth: number) => JSON.parse('['.repeat(depth) + ']'.repeat(depth)) as unknown;

describe('what comes from outside', () => {
  it.each([
    [
      'invocation',
      () =>
        parseInvocation({ kind: 'node', target: { module: 'm', exportName: 'f' }, args: [nested(50_000)] }),
    ],
    ['run request', () => parseRunRequest({ ...aRunRequest(), more: nested(50_000) })],
  ])('The %s is refused when it is nested more than 510 deep', (what, parse) => {
    const refusal = thrownBy(parse);
    expect(refusal.code).toBe('InvalidRequest');
    expect(refusal.message).toBe(`The ${what} is not valid: it is nested over 510 deep`);
  });

  it('The message of a refusal fits into a record, however long the names in the value are', () => {
    const value = { ['a'.repeat(100_000)]: 1 };
    const { message } = thrownBy(() => parseWith(z.record(z.string(), z.string()), value, 'thing'));
    expect(message).toMatch(/^The thing is not valid: a+ \[cut, \d+ characters in all\]$/);
    expect(message).toHaveLength(FAILURE_MESSAGE_MAX_CHARACTERS);
  });
});

function thrownBy(parse: () => unknown): CodeseederError {
  try {
    parse();
  } catch (error) {
    if (error instanceof CodeseederError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}
