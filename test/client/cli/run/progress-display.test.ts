import { describe, expect, it } from '@jest/globals';

import { openProgressDisplay } from '../../../../client/cli/run/progress-display.js';
import { columnsOf } from '../../../../client/cli/text-columns.js';
import type { ProgressEvent } from '../../../../client/index.js';
import { aLiveTerminal, aTerminal, lastingLines } from '../a-terminal.js';

const EVENTS: readonly ProgressEvent[] = [
  { type: 'packing' },
  { type: 'packed', digest: 'abcdef'.repeat(11).slice(0, 64), files: 7, sizeBytes: 1_234, layers: [] },
  { type: 'leftOut', folder: '/app', pattern: 'dist', files: 1, sizeBytes: 12 },
  { type: 'uploading', layer: 'code', key: 'bundles/a.zip', sizeBytes: 1_234 },
  { type: 'uploaded', layer: 'code', key: 'bundles/a.zip', alreadyPresent: false },
  { type: 'uploaded', layer: 'dirs/app', key: 'bundles/b.zip', alreadyPresent: true },
  { type: 'submitted', runId: 'run-1', executionArn: 'arn', consoleUrl: 'https://console' },
  { type: 'status', runId: 'run-1', status: 'BUILDING' },
  { type: 'phase', runId: 'run-1', phase: 'INSTALL' },
  { type: 'repeating', runId: 'run-1', reason: 'there is no layer a' },
  { type: 'finished', runId: 'run-1', status: 'SUCCEEDED' },
];

const LOG: readonly string[] = [
  '[Container] 2026/01/02 03:04:01.000000 Entering phase INSTALL',
  '[Container] 2026/01/02 03:04:01.000000 Running command npm install -g -- left # codeseeder\nadded 1 package',
  '[Container] 2026/01/02 03:04:03.000000 Phase complete: INSTALL State: SUCCEEDED',
  '[Container] 2026/01/02 03:04:03.000000 Entering phase BUILD',
  '[Container] 2026/01/02 03:04:03.000000 Running command make',
  'a line of the build',
  '[Container] 2026/01/02 03:04:04.000000 Phase complete: BUILD State: SUCCEEDED',
  '[Container] 2026/01/02 03:04:04.000000 Phase context status code:  Message: ',
];
const BUILDING: ProgressEvent = { type: 'status', runId: 'run-1', status: 'BUILDING' };

describe('openProgressDisplay', () => {
  it('Without a terminal, the display prints a plain line for each event and log line on standard error', () => {
    const terminal = aTerminal();
    const display = openProgressDisplay(terminal);
    EVENTS.slice(0, -2).forEach((event) => display.onProgress(event));
    LOG.forEach((line) => display.onLog(line));
    EVENTS.slice(-2).forEach((event) => display.onProgress(event));
    display.close();

    expect(terminal.stdout.text).toBe('');
    expect(terminal.stderr.text.split('\n')).toEqual([
      'packing the bundle',
      'packed 7 files, 1234 bytes, digest abcdefabcdef',
      'left out of /app: 1 file, 12 bytes, by dist',
      'uploading the layer code: 1234 bytes',
      'uploaded the layer code',
      'the layer dirs/app is already in the bucket, nothing uploaded',
      'run run-1 submitted: https://console',
      'build started',
      'phase INSTALL: 2.0 s',
      'a line of the build',
      'phase BUILD: 1.0 s',
      'repeating run run-1: there is no layer a',
      '',
    ]);
  });

  it('In CI, the display prints plain lines even on a terminal', () => {
    const terminal = aTerminal({ environment: { CI: 'true' } });
    Object.assign(terminal.stderr, { isTTY: true });
    const display = openProgressDisplay(terminal);
    display.onProgress({ type: 'packing' });
    display.close();

    expect(terminal.stderr.text).toBe('packing the bundle\n');
  });

  it('On a terminal that cannot move its cursor, the display prints plain lines', () => {
    const terminal = aLiveTerminal(80, { TERM: 'dumb' });
    const display = openProgressDisplay(terminal);
    display.onProgress({ type: 'packing' });
    display.close();

    expect(terminal.stderr.text).toBe('packing the bundle\n');
  });

  it('On a terminal without a size, the display prints plain lines', () => {
    const terminal = aTerminal();
    Object.assign(terminal.stderr, { isTTY: true, columns: 0 });
    const display = openProgressDisplay(terminal);
    display.onProgress({ type: 'packing' });
    display.close();

    expect(terminal.stderr.text).toBe('packing the bundle\n');
  });

  it('A paused display keeps events and shows them when it resumes', () => {
    const terminal = aTerminal();
    const display = openProgressDisplay(terminal);
    display.pause();
    display.onProgress(BUILDING);
    display.onLog('a line');
    expect(terminal.stderr.text).toBe('');
    display.resume();
    display.onLog('another');

    expect(terminal.stderr.text).toBe('build started\na line\nanother\n');
  });

  it('On a terminal, phases and lines of the user stay, above one status line', () => {
    const terminal = aLiveTerminal(80);
    const display = openProgressDisplay(terminal);
    EVENTS.slice(0, -2).forEach((event) => display.onProgress(event));
    LOG.forEach((line) => display.onLog(line));
    display.close();
    const { text } = terminal.stderr;

    expect(lastingLines(text)).toEqual([
      'left out of /app: 1 file, 12 bytes, by dist',
      'run run-1 submitted: https://console',
      '\u001b[32m✓\u001b[39m INSTALL 2.0 s',
      'a line of the build',
      '\u001b[32m✓\u001b[39m BUILD 1.0 s',
      '',
    ]);
    expect(text).toMatch(/⠋ building · INSTALL · \d+ s · added 1 package/);
  });

  it('A terminal gets the URL of a run unbroken in a line of its own if it does not fit the line', () => {
    const consoleUrl = `https://console/${'x'.repeat(40)}`;
    const linesOf = (columns: number) => {
      const terminal = aLiveTerminal(columns);
      const display = openProgressDisplay(terminal);
      display.onProgress({ type: 'submitted', runId: 'run-1', executionArn: 'arn', consoleUrl });
      display.close();
      return lastingLines(terminal.stderr.text);
    };

    expect(linesOf(60)).toEqual(['run run-1 submitted:', consoleUrl, '']);
    expect(linesOf(100)).toEqual([`run run-1 submitted: ${consoleUrl}`, '']);
  });

  it('On a terminal, a warning is broken between words', () => {
    const terminal = aLiveTerminal(40);
    const display = openProgressDisplay(terminal);
    display.onProgress({ type: 'warning', message: 'There is no Python module app in the build.' });
    display.close();

    expect(lastingLines(terminal.stderr.text)).toEqual([
      'warning: There is no Python module app',
      'in the build.',
      '',
    ]);
  });

  it('The status line fits the terminal, also with wide characters, and is removed in all its rows', () => {
    const terminal = aLiveTerminal(40);
    const display = openProgressDisplay(terminal);
    display.onProgress(BUILDING);
    display.onLog('[Container] 2026/01/02 03:04:01.000000 Entering phase INSTALL');
    display.onLog(`[Container] 2026/01/02 03:04:01.000000 ${'日本'.repeat(20)}`);
    display.onProgress({ type: 'warning', message: 'drawn again' });
    display.onLog('[Container] 2026/01/02 03:04:01.000000 Phase complete: INSTALL State: SUCCEEDED');
    Object.assign(terminal.stderr, { columns: 20 });
    display.close();
    const drawn = terminal.stderr.text
      .split('\u001b[J')
      .map((part) => /[^\n\r]*(?=\r|$)/.exec(part)?.[0] ?? '');

    expect(Math.max(...drawn.map(columnsOf))).toBeLessThanOrEqual(37);
    expect(drawn.some((text) => /日本.*…$/.test(text))).toBe(true);
    expect(terminal.stderr.text).toContain('\r\u001b[1A\u001b[J');
  });

  it('`NO_COLOR` and a locale other than UTF-8 leave colours and symbols out', () => {
    const shown = (environment: Readonly<Record<string, string>>) => {
      const terminal = aLiveTerminal(80, environment);
      const display = openProgressDisplay(terminal);
      display.onProgress(BUILDING);
      LOG.slice(0, 3).forEach((line) => display.onLog(line));
      display.close();
      return lastingLines(terminal.stderr.text).at(-2);
    };

    expect(shown({ NO_COLOR: '1' })).toBe('✓ INSTALL 2.0 s');
    expect(shown({ LANG: 'C' })).toBe('phase INSTALL: 2.0 s');
  });

  it('`--verbose` shows all lines as they are, and the same events', () => {
    const terminal = aTerminal();
    const display = openProgressDisplay(terminal, { verbose: true });
    display.onProgress(BUILDING);
    LOG.forEach((line) => display.onLog(line));
    display.onProgress({ type: 'finished', runId: 'run-1', status: 'SUCCEEDED' });
    display.close();

    expect(terminal.stderr.text).toBe(['build started', ...LOG, 'finished: SUCCEEDED', ''].join('\n'));
  });

  it('`--quiet` shows nothing', () => {
    const terminal = aTerminal();
    const display = openProgressDisplay(terminal, { quiet: true });
    EVENTS.forEach((event) => display.onProgress(event));
    LOG.forEach((line) => display.onLog(line));
    display.close();

    expect(terminal.stdout.text + terminal.stderr.text).toBe('');
  });

  it('`--ndjson` prints each event and each line of the log as an object with time, run and phase', () => {
    const terminal = aTerminal();
    const display = openProgressDisplay(terminal, { ndjson: true, runId: 'run-1' });
    const entered = '[Container] 2026/01/02 03:04:03.000000 Entering phase BUILD\nnext';
    display.onProgress(BUILDING);
    display.onLog('\u001b[1ma line\u001b[0m');
    display.onLog(entered);
    display.onLog('another');
    display.close();
    const lines = terminal.stdout.text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);

    expect(lines.map(({ time: _, ...line }) => line)).toEqual([
      BUILDING,
      { type: 'log', runId: 'run-1', message: '\u001b[1ma line\u001b[0m' },
      { type: 'log', runId: 'run-1', phase: 'BUILD', message: entered },
      { type: 'log', runId: 'run-1', phase: 'BUILD', message: 'another' },
    ]);
    for (const { time } of lines) expect(time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect(terminal.stderr.text).toBe('');
  });

  it('`--ndjson` gives the lines of a repeated run its own id, and no phase of the run before', () => {
    const terminal = aTerminal();
    const display = openProgressDisplay(terminal, { ndjson: true, runId: 'run-1' });
    display.onProgress(BUILDING);
    display.onLog('[Container] 2026/01/02 03:04:03.000000 Entering phase BUILD');
    display.onProgress({
      type: 'submitted',
      runId: 'run-2',
      executionArn: 'arn',
      consoleUrl: 'https://console',
    });
    display.onProgress({ ...BUILDING, runId: 'run-2' });
    display.onLog('a line');
    display.close();

    expect(JSON.parse(terminal.stdout.text.trimEnd().split('\n').at(-1) ?? '')).toMatchObject({
      type: 'log',
      runId: 'run-2',
      message: 'a line',
    });
    expect(terminal.stdout.text.trimEnd().split('\n').at(-1)).not.toContain('phase');
  });
});
