import { describe, expect, it } from '@jest/globals';

import { formatTable } from '../../../client/cli/table.js';

const ESCAPE = '\u001b[';

describe('formatTable', () => {
  const rows = [
    ['run-1', 'SUCCEEDED'],
    ['a-longer-run', 'FAILED'],
  ];

  it('`formatTable` prints columns without borders and trailing spaces', () => {
    expect(formatTable(['RUN', 'STATUS'], rows, false)).toEqual([
      'RUN           STATUS',
      'run-1         SUCCEEDED',
      'a-longer-run  FAILED',
    ]);
  });

  it('`formatTable` prints only the head if there are no rows', () => {
    expect(formatTable(['RUN', 'STATUS'], [], false)).toEqual(['RUN  STATUS']);
  });

  it('`formatTable` uses colours only if requested', () => {
    const [plain, styled] = [false, true].map((colour) => formatTable(['RUN', 'STATUS'], rows, colour));
    expect(plain?.join('')).not.toContain(ESCAPE);
    expect(styled?.[0]).toBe(`${ESCAPE}1mRUN${ESCAPE}22m           ${ESCAPE}1mSTATUS${ESCAPE}22m`);
    expect(styled?.slice(1)).toEqual(plain?.slice(1));
  });
});
