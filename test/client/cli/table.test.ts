import { describe, expect, it } from '@jest/globals';

import { formatTable } from '../../../client/cli/table.js';

const ESCAPE = '\u001b[';

describe('formatTable', () => {
  const rows = [
    ['run-1', 'SUCCEEDED'],
    ['a-longer-run', 'FAILED'],
  ];

  it('`formatTable` prints columns without borders and trailing spaces', () => {
    expect(formatTable(['RUN', 'STATUS'], rows, { colour: false })).toEqual([
      'RUN           STATUS',
      'run-1         SUCCEEDED',
      'a-longer-run  FAILED',
    ]);
  });

  it('`formatTable` prints only the head if there are no rows', () => {
    expect(formatTable(['RUN', 'STATUS'], [], { colour: false })).toEqual(['RUN  STATUS']);
  });

  it('`formatTable` uses colours only if requested', () => {
    const [plain, styled] = [false, true].map((colour) => formatTable(['RUN', 'STATUS'], rows, { colour }));
    expect(plain?.join('')).not.toContain(ESCAPE);
    expect(styled?.[0]).toBe(`${ESCAPE}1mRUN${ESCAPE}22m           ${ESCAPE}1mSTATUS${ESCAPE}22m`);
    expect(styled?.slice(1)).toEqual(plain?.slice(1));
  });

  it('A table that does not fit the terminal has the end of its last texts shortened', () => {
    const texts = [
      ['run-1', 'FAILED', 'no zone in 日本 for this'],
      ['run-2', 'FAILED', 'short'],
    ];

    expect(formatTable(['RUN', 'STATUS', 'WHY'], texts, { colour: false, columns: 30 })).toEqual([
      'RUN    STATUS  WHY',
      'run-1  FAILED  no zone in 日…',
      'run-2  FAILED  short',
    ]);
  });

  it('Columns are shortened in the given order, each to six characters or its head', () => {
    const layout = { colour: false, columns: 28, shortened: [2, 1] };

    expect(
      formatTable(['#', 'EVENT', 'STATE'], [['12', 'TaskStateEntered', 'WaitForBuild']], layout),
    ).toEqual(['#   EVENT             STATE', '12  TaskStateEntered  WaitF…']);
    expect(
      formatTable(['#', 'EVENT', 'STATE'], [['12', 'TaskStateEntered', 'WaitForBuild']], {
        ...layout,
        columns: 22,
      }),
    ).toEqual(['#   EVENT       STATE', '12  TaskState…  WaitF…']);
  });

  it('On a terminal that is still too narrow, the first text of a row has a line of its own, whole', () => {
    const id = '01a22b33-46b7-7637-addf-32a7d1f6b579';
    const texts = [[id, 'SUCCEEDED', '12s', 'hello.mts#hello']];

    expect(formatTable(['RUN', 'STATUS', 'AGE', 'TARGET'], texts, { colour: false, columns: 40 })).toEqual([
      'RUN',
      '  STATUS     AGE  TARGET',
      id,
      '  SUCCEEDED  12s  hello.mts#hello',
    ]);
    const narrow = formatTable(['RUN', 'STATUS', 'AGE', 'TARGET'], texts, { colour: false, columns: 30 });
    expect(narrow[3]).toBe('  SUCCEEDED  12s  hello.mts#h…');
  });

  it('A terminal that is narrower than the other texts has each of them in a line behind its head, also below short names', () => {
    const head = ['SCHEDULE', 'STATE', 'TIMES', 'TARGET'];
    const texts = [
      ['nightly', 'active', 'cron(0 2 * * ? *) Europe/Berlin', 'deploys@prod'],
      ['poll', 'paused', 'rate(15 minutes)', 'check-drift'],
    ];

    expect(formatTable(head, texts, { colour: false, columns: 40 })).toEqual([
      'nightly',
      '  STATE   active',
      '  TIMES   cron(0 2 * * ? *) Europe/Berl…',
      '  TARGET  deploys@prod',
      'poll',
      '  STATE   paused',
      '  TIMES   rate(15 minutes)',
      '  TARGET  check-drift',
    ]);
    expect(formatTable(head, texts.slice(1), { colour: false, columns: 36 })).toEqual([
      'SCHEDULE',
      '  STATE   TIMES             TARGET',
      'poll',
      '  paused  rate(15 minutes)  check-d…',
    ]);
  });
});
