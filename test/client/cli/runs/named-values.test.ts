import { describe, expect, it } from '@jest/globals';

import { namedValueLines } from '../../../../client/cli/runs/named-values.js';

const ID = '01a22dad-8b33-734c-b5ac-010926938500';
const CACHE = 'npm-1f0a: exact, restored in 2 s, saved in 0 s, 1234 bytes';
const JSON_TEXT = '["a-value-that-has-no-space-and-is-longer-than-the-terminal"]';
const linesAt = (columns: number | undefined) =>
  namedValueLines(
    ['RUN', ID],
    [
      ['args', JSON_TEXT],
      ['cache', CACHE],
    ],
    { colour: false, columns },
  );

describe('namedValueLines', () => {
  it('On a narrow terminal, values are broken between words, and an id that does not fit is below its name', () => {
    expect(linesAt(40)).toEqual([
      'RUN',
      `  ${ID}`,
      `args   ${JSON_TEXT}`,
      'cache  npm-1f0a: exact, restored in 2 s,',
      '       saved in 0 s, 1234 bytes',
    ]);
  });

  it.each([120, undefined])(
    'Each value is one line behind its name if it fits, as at %s columns',
    (columns) => {
      expect(linesAt(columns)).toEqual([`RUN    ${ID}`, `args   ${JSON_TEXT}`, `cache  ${CACHE}`]);
    },
  );
});
