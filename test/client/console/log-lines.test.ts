import { describe, expect, it } from '@jest/globals';

import type { LogEntry } from '../../../client/console/api.js';
import { plainText, styledTexts } from '../../../client/console/app/model/ansi.js';
import {
  LogLines,
  matchesOf,
  type Opened,
  openedAt,
  rowsOf,
} from '../../../client/console/app/model/log-lines.js';
import { topFrame, withoutRunner } from '../../../client/console/app/model/stack.js';
import { spansOf } from '../../../client/console/app/model/timeline.js';

const container = (second: string, message: string): LogEntry => [
  Date.parse(`2026-01-02T03:04:${second}Z`),
  `[Container] 2026/01/02 03:04:${second}.500000 ${message}`,
];

const output = (message: string): LogEntry => [Date.parse('2026-01-02T03:04:07Z'), message];
const own = (second: string, message: string) => container(second, message)[1];

/** The phase of two commands of the user, the second of which fails. */
const COMMANDS: readonly LogEntry[] = [
  container('06', 'Entering phase BUILD'),
  container('06', 'Running command { [ -e placed ] || exit 1; } # codeseeder'),
  output('codeseeder: layers are placed'),
  container('07', 'Running command echo hello'),
  output('hello'),
  output(''),
  container('08', 'Running command echo bye'),
  output('bye'),
  output(''),
  container('09', 'Command did not exit successfully echo bye exit status 1'),
  container('09', 'Phase complete: BUILD State: FAILED'),
  container('09', 'Phase context status code: COMMAND_EXECUTION_ERROR'),
];

/** Returns the rows of a log as texts. */
function shownOf(log: LogLines, opened: Opened = { phases: new Map(), others: new Set() }): string[] {
  return rowsOf(log, opened).map((row) => {
    if (row.kind === 'phase') return row.phase.name;
    return row.kind === 'others' ? `${row.end - row.start} others` : (log.lines[row.index]?.[1] ?? '');
  });
}

const BUILD: readonly LogEntry[] = [
  container('01', 'Waiting for DOWNLOAD_SOURCE'),
  container('02', 'Phase is DOWNLOAD_SOURCE'),
  container('03', 'Phase complete: DOWNLOAD_SOURCE State: SUCCEEDED'),
  container('03', 'Entering phase INSTALL'),
  container('05', 'Phase complete: INSTALL State: SUCCEEDED'),
  container('06', 'Entering phase BUILD'),
  [Date.parse('2026-01-02T03:04:07Z'), 'hello'],
  container('09', 'Phase complete: BUILD State: FAILED'),
  container('09', 'Phase context status code: COMMAND_EXECUTION_ERROR'),
];

function logOf(lines: readonly LogEntry[]): LogLines {
  const log = new LogLines();
  log.append(lines);
  return log;
}

describe('The phases of a log', () => {
  it('The log is divided into phases, however its lines arrive', () => {
    const oneByOne = new LogLines();
    for (const line of BUILD) oneByOne.append([line]);

    expect(oneByOne.phases).toEqual(logOf(BUILD).phases);
    expect(oneByOne.phases).toMatchObject([
      { name: 'LOG', start: 0, end: 1 },
      { name: 'DOWNLOAD_SOURCE', start: 1, end: 3, state: 'SUCCEEDED' },
      { name: 'INSTALL', start: 3, end: 5, state: 'SUCCEEDED' },
      {
        name: 'BUILD',
        start: 5,
        end: 9,
        state: 'FAILED',
        startedAtMs: Date.parse('2026-01-02T03:04:06.500Z'),
        endedAtMs: Date.parse('2026-01-02T03:04:09.500Z'),
      },
    ]);
  });

  it('The lines of BUILD and of failed phases are shown at first, and those that the reader opens', () => {
    const log = logOf(BUILD);
    const linesOf = (phases: Opened['phases']) =>
      rowsOf(log, { phases, others: new Set() }).flatMap((row) => (row.kind === 'line' ? [row.index] : []));

    expect(linesOf(new Map())).toEqual([5, 6, 7, 8]);
    expect(linesOf(new Map([[3, true]]))).toEqual([3, 4, 5, 6, 7, 8]);
    expect(linesOf(new Map([[5, false]]))).toEqual([]);
  });

  it("CodeBuild's and codeseeder's lines between those of the user are folded, and can be opened", () => {
    const log = logOf(COMMANDS);

    expect(shownOf(log)).toEqual(['BUILD', '4 others', 'hello', '2 others', 'bye', '4 others']);
    expect(shownOf(log, { phases: new Map(), others: new Set([5]) })).toEqual([
      ...['BUILD', '4 others', 'hello', '2 others', '', own('08', 'Running command echo bye'), 'bye'],
      '4 others',
    ]);
  });

  it("Frames of codeseeder's runner in the error of the target are folded, and a link to one opens them", () => {
    const frames = ['    at deploy (a.ts:1:7)', '    at .codeseeder/runner.mjs:12:3195'];
    const log = logOf([
      container('06', 'Entering phase BUILD'),
      container('06', 'Running command node .codeseeder/runner.mjs'),
      output(frames[1] ?? ''),
      ...['codeseeder: the target failed:', 'Error: no', ...frames].map(output),
      ...['Caused by: Error: none', ...frames].map(output),
      container('07', 'Command did not exit successfully node .codeseeder/runner.mjs exit status 1'),
      container('07', 'Phase complete: BUILD State: FAILED'),
    ]);

    expect(shownOf(log)).toEqual([
      ...['BUILD', '2 others', frames[1], 'codeseeder: the target failed:', 'Error: no', frames[0]],
      ...['1 others', 'Caused by: Error: none', frames[0], '3 others'],
    ]);
    const opened = openedAt(log, { phases: new Map(), others: new Set() }, 6);
    expect(shownOf(log, opened).slice(6, 8)).toEqual(['1 others', frames[1]]);
  });

  it('A line that a link or the search leads to is opened with its phase and its folded lines', () => {
    const log = logOf(COMMANDS);
    const nothing = { phases: new Map([[0, false]]), others: new Set<number>() };

    expect(openedAt(log, nothing, 1)).toEqual({ phases: new Map([[0, true]]), others: new Set([0]) });
    expect(openedAt(log, nothing, 4)).toEqual({ phases: new Map([[0, true]]), others: new Set() });
  });

  it('A phase that failed in a command of codeseeder shows all of its lines, which say why', () => {
    const failed = [
      container('06', 'Entering phase BUILD'),
      container('06', 'Running command { [ -e placed ] || exit 1; } # codeseeder'),
      output('codeseeder: the layers are not placed'),
      container('07', 'Command did not exit successfully { exit status 1'),
      container('07', 'Phase complete: BUILD State: FAILED'),
    ];

    expect(shownOf(logOf(failed))).toEqual(['BUILD', ...failed.map(([, message]) => message)]);
  });

  it('The search finds lines whatever their case and colour', () => {
    const lines: LogEntry[] = [
      [1, '\u001b[31mer\u001b[1mror\u001b[0m: no'],
      [2, 'fine'],
      [3, 'ERROR'],
    ];

    expect(matchesOf(lines, 'Error')).toEqual([0, 2]);
    expect(matchesOf(lines, '')).toEqual([]);
  });

  it('The timeline has the wait, the phases and the end of a run', () => {
    const record = {
      status: 'FAILED',
      queuedAt: '2026-01-02T03:04:00.000Z',
      startedAt: '2026-01-02T03:04:01.000Z',
      finishedAt: '2026-01-02T03:04:12.000Z',
    } as const;

    expect(spansOf(record, logOf(BUILD).phases).map(({ name, state }) => `${name} ${state}`)).toEqual([
      'Queued done',
      'Provisioning done',
      'DOWNLOAD_SOURCE done',
      'INSTALL done',
      'BUILD failed',
      'Finishing done',
    ]);
    expect(spansOf({ ...record, startedAt: undefined, finishedAt: undefined }, [])).toMatchObject([
      { name: 'Queued', state: 'active', endMs: undefined },
    ]);
  });
});

describe('The timeline', () => {
  const cut = logOf([container('06', 'Entering phase BUILD'), output('tick 1')]).phases;
  const times = {
    queuedAt: '2026-01-02T03:04:00.000Z',
    startedAt: '2026-01-02T03:04:01.000Z',
    finishedAt: '2026-01-02T03:04:12.000Z',
  };

  it.each([
    ['CANCELED', 'canceled'],
    ['TIMED_OUT', 'timed-out'],
    ['SUCCEEDED', 'done'],
  ] as const)(
    'The last phase of a run that is %s, whose end is not in the log, is shown as %s',
    (status, state) => {
      expect(spansOf({ ...times, status }, cut).at(-1)).toMatchObject({ name: 'BUILD', state });
    },
  );

  it('A phase that succeeded before a run was canceled stays so', () => {
    const phases = logOf([...BUILD.slice(3, 5), container('06', 'Entering phase BUILD')]).phases;
    const states = spansOf({ ...times, status: 'CANCELED' }, phases).map(
      ({ name, state }) => `${name} ${state}`,
    );

    expect(states.slice(-2)).toEqual(['INSTALL done', 'BUILD canceled']);
  });
});

describe('styledTexts', () => {
  it('`styledTexts` returns the colours of a line as classes', () => {
    expect(styledTexts('a \u001b[1;31mb\u001b[22mc\u001b[0m d \u001b[38;5;10;44me')).toEqual([
      { text: 'a ', style: '' },
      { text: 'b', style: 'bold fg1' },
      { text: 'c', style: 'fg1' },
      { text: ' d ', style: '' },
      { text: 'e', style: 'fg10 bg4' },
    ]);
  });

  it('`styledTexts` leaves out sequences that move the cursor or set a title, and control characters', () => {
    expect(plainText('\u001b]0;title\u0007a\u001b[2Kb\u001b[3;4Hc\u0000\u0008d\u001b')).toBe('abcd');
  });

  it('`styledTexts` shows what a progress bar leaves on the line', () => {
    expect(plainText('10%\r50%\r100%\r')).toBe('100%');
  });

  it('`styledTexts` leaves HTML as it is, which is shown as text', () => {
    expect(styledTexts('<script>alert(1)</script>')).toEqual([
      { text: '<script>alert(1)</script>', style: '' },
    ]);
  });
});

describe('topFrame', () => {
  it('`topFrame` returns the place of the error in TypeScript and in Python', () => {
    const node = 'Error: no\n    at deploy (src/net.ts:57:11)\n    at .codeseeder/runner.mjs:12:3195';
    const python =
      'Traceback:\n  File "a.py", line 3, in f\n    g()\n  File "b.py", line 7, in g\nValueError: no';

    expect(topFrame(node)).toBe('src/net.ts:57:11');
    expect(topFrame(python)).toBe('b.py:7');
    expect(topFrame('no stack')).toBeUndefined();
  });

  it("`withoutRunner` leaves out the frames of codeseeder's runner, and no other line", () => {
    const stack = 'Error: .codeseeder/runner\n    at deploy (src/net.ts:57:11)';

    expect(withoutRunner(`${stack}\n    at async .codeseeder/runner.mjs:12:3195`)).toBe(stack);
  });
});
