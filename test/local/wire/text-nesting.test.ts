import { describe, expect, it } from '@jest/globals';

import { nestingOf } from '../../../lib/local/wire/text-nesting.js';

describe('`nestingOf`', () => {
  it.each([
    ['', 0],
    ['a: [b, {c: d}]', 2],
    ['[]{}()', 1],
    [')))(', 1],
    ['- - - a', 3],
    ['a:\n\n\n\n- b\n- c', 0],
    ['echo ------------------------------', 0],
    ['['.repeat(10_000), 10_000],
  ])('`nestingOf` finds in %.20s the depth %d', (text, depth) => {
    expect(nestingOf(text)).toBe(depth);
  });
});
