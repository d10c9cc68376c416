import { describe, expect, it } from '@jest/globals';

import { openProgressDisplay } from '../../../../client/cli/run/progress-display.js';
import type { ProgressEvent } from '../../../../client/index.js';
import { aTerminal, KeptOutput } from '../a-terminal.js';

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

describe('openProgressDisplay', () => {
  it('Without a terminal, the display prints a plain line for each event and log line on standard error', () => {
    const terminal = aTerminal();
    const display = openProgressDisplay(terminal);
    EVENTS.forEach((event) => display.onProgress(event));
    display.onLog('a line of the build');
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
      'status BUILDING',
      'phase INSTALL',
      'repeating run run-1: there is no layer a',
      'finished: SUCCEEDED',
      '| a line of the build',
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
    display.onProgress({ type: 'packing' });
    display.onLog('a line');
    expect(terminal.stderr.text).toBe('');
    display.resume();
    display.onLog('another');

    expect(terminal.stderr.text).toBe('packing the bundle\n| a line\n| another\n');
  });

  it('On a terminal, the display shows one live line below the log and the link', () => {
    const stderr = Object.assign(new KeptOutput(), {
      isTTY: true,
      columns: 80,
      clearLine: () => true,
      cursorTo: () => true,
      moveCursor: () => true,
    });
    const display = openProgressDisplay({ ...aTerminal(), stderr });
    EVENTS.forEach((event) => display.onProgress(event));
    display.onLog('a line of the build');
    display.close();

    expect(stderr.text).toContain('a line of the build\n');
    expect(stderr.text).toContain('run run-1 submitted: https://console\n');
    expect(stderr.text).not.toContain('phase INSTALL\n');
  });
});
