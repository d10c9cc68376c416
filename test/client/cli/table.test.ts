import { describe, expect, it } from '@jest/globals';

import { formatTable } from '../../../client/cli/table.js';

const ESCAPE = '\u001b[';

describe('a table', () => {
  const rows = [
    ['run-1', 'SUCCEEDED'],
    ['a-longer-run', 'FAILED'],
  ];

  it('is plain columns without borders or blanks at the end', () => {
    expect(formatTable(['RUN', 'STATUS'], rows, false)).toEqual([
      'RUN           STATUS',
      'run-1         SUCCEEDED',
      'a-longer-run  FAILED',
    ]);
  });

  it('has only its head where there are no rows', () => {
    expect(formatTable(['RUN', 'STATUS'], [], false)).toEqual(['RUN  STATUS']);
  });

  it('has colours only where they are wanted', () => {
    expect(formatTable(['RUN', 'STATUS'], rows, false).join('')).not.toContain(ESCAPE);
  });
});
