import { describe, expect, it } from '@jest/globals';

import { findRoundedInteger } from '../../../../client/cli/run/exact-integers.js';
import { parseJsonText } from '../../../../client/cli/run/json-reader.js';

describe('integers in JSON of the command line', () => {
  it.each([
    ['12345678901234567891', '12345678901234567891'],
    ['{"a":[1.5,-9007199254740993]}', '-9007199254740993'],
    [`[${'9'.repeat(400)}]`, '9'.repeat(400)],
  ])('`findRoundedInteger` finds the rounded integer in %s', (json, integer) => {
    expect(findRoundedInteger(json)).toBe(integer);
  });

  it.each([
    '9007199254740992',
    '1e300',
    '0.12345678901234567891',
    '-0',
    '"12345678901234567891"',
    '{"a\\\\":"\\"12345678901234567891"}',
    '[true,null,{"12345678901234567891":-1}]',
  ])('`findRoundedInteger` returns undefined for %s', (json) => {
    expect(JSON.parse(json)).toBeDefined();
    expect(findRoundedInteger(json)).toBeUndefined();
  });

  it('An integer that JavaScript rounds is refused, with the text to pass instead', () => {
    expect(() => parseJsonText('[9007199254740993]', 'Argument 1')).toThrow(
      'Argument 1 has the integer 9007199254740993, which JavaScript rounds to 9007199254740992. Pass it as a string: "9007199254740993".',
    );
  });
});
