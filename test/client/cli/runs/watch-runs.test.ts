import { expect, it } from '@jest/globals';

import { printerOf } from '../../../../client/cli/runs/watch-runs.js';
import type { RunRecord } from '../../../../lib/contract/index.js';
import { aRecord, dynamoDb } from '../../mocked-account.js';
import { aTerminal, type FakeTerminal, runMain } from '../a-terminal.js';

const KIT = ['--seedkit', 'demo', '--region', 'eu-west-1'];
const UP = (lines: number) => `\u001B[${lines}A\r`;

const listOf = (...runs: readonly RunRecord[]) => ({ runs, changed: runs.toReversed() });

function aScreen(size: { columns: number; rows: number }, environment = {}): FakeTerminal {
  const terminal = aTerminal({ environment });
  Object.assign(terminal.stdout, { isTTY: true, ...size });
  return terminal;
}

/** Takes what was written since the last call. */
function takeText({ stdout }: FakeTerminal): string {
  const { text } = stdout;
  stdout.text = '';
  return text;
}

it('A watch on a terminal draws over its own picture, newest run first, within height and width', () => {
  const terminal = aScreen({ columns: 60, rows: 6 }, { NO_COLOR: '1' });
  const print = printerOf({}, terminal);
  const runs = ['f', 'e', 'd', 'c', 'b', 'a'].map((id) =>
    aRecord({ runId: `run-${id}`, name: 'n'.repeat(90) }),
  );
  print(listOf(...runs));
  const first = takeText(terminal);
  print(listOf(...runs));
  const second = takeText(terminal);

  const lines = first
    .replaceAll(/\u001B\[[KJ]/g, '')
    .trimEnd()
    .split('\n');
  expect(lines.map((line) => line.split(' ')[0])).toEqual(['RUN', 'run-f', 'run-e', 'run-d', 'At']);
  expect(lines.at(-1)).toContain('3 more do not fit');
  expect(Math.max(...lines.map(({ length }) => length))).toBeLessThan(60);
  expect(first.startsWith('RUN')).toBe(true);
  expect(second.startsWith(`${UP(5)}RUN`)).toBe(true);
});

it('A watch clears the whole former picture after the terminal has become narrower', () => {
  const terminal = aScreen({ columns: 100, rows: 20 }, { NO_COLOR: '1' });
  const print = printerOf({}, terminal);
  print(listOf(aRecord({ runId: 'r'.repeat(70) })));
  const lines = takeText(terminal)
    .replaceAll(/\u001B\[[KJ]/g, '')
    .trimEnd()
    .split('\n');
  Object.assign(terminal.stdout, { columns: 40 });
  print(listOf());

  const height = lines.reduce((sum, { length }) => sum + Math.ceil(length / 40), 0);
  expect(height).toBeGreaterThan(lines.length);
  expect(takeText(terminal).startsWith(UP(height))).toBe(true);
});

it('A watch uses styles on a terminal only without NO_COLOR', () => {
  const texts = [{}, { NO_COLOR: '1' }].map((environment) => {
    const terminal = aScreen({ columns: 80, rows: 20 }, environment);
    printerOf({}, terminal)(listOf(aRecord()));
    return takeText(terminal);
  });
  expect(texts.map((text) => text.includes('\u001B[1m'))).toEqual([true, false]);
});

it('A watch without a terminal prints one line for each change that the line shows', () => {
  const terminal = aTerminal();
  const print = printerOf({}, terminal);
  const queued = aRecord({ runId: 'a', target: 'src/a.ts#deploy' });
  const ended = { ...queued, status: 'SUCCEEDED', durationMs: 61_500 } as const;
  print(listOf(queued));
  print({ runs: [queued], changed: [{ ...queued, queuedReason: 'no capacity' }] });
  print({ runs: [ended], changed: [ended] });
  print({ runs: [ended], changed: [] });

  expect(terminal.stdout.text.split('\n')).toEqual([
    `a  QUEUED  ${queued.queuedAt}    src/a.ts#deploy`,
    `a  SUCCEEDED  ${queued.queuedAt}  61.5  src/a.ts#deploy`,
    '',
  ]);
});

it.each(['json', 'ndjson'])(
  'A watch with `--%s` prints each changed record as one line of JSON, on a terminal too',
  (flag) => {
    const terminal = aScreen({ columns: 80, rows: 20 });
    const [a, b] = [aRecord({ runId: 'a' }), aRecord({ runId: 'b' })];
    printerOf({ [flag]: true }, terminal)(listOf(b, a));
    expect(
      terminal.stdout.text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
    ).toEqual([a, b]);
  },
);

it.each([
  ['--until', '2h'],
  ['--after', 'run-1'],
])('`runs list --watch` refuses %s, which selects older runs', async (flag, value) => {
  const refused = await runMain(['runs', 'list', ...KIT, '--watch', flag, value]);
  expect(refused).toMatchObject({ exitCode: 2, stderr: expect.stringContaining(`takes no ${flag}`) });
  expect(dynamoDb.calls()).toHaveLength(0);
});
