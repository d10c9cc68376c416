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
    expect(formatTable(['RUN', 'STATUS'], rows, false).join('')).not.toContain(ESCAPE);
  });
});
