import { describe, expect, it } from '@jest/globals';

import { inOrder } from '../../../../client/cli/run/ordered-news.js';
import type { ProgressEvent } from '../../../../client/index.js';

const submitted: ProgressEvent = { type: 'submitted', runId: 'r', executionArn: 'arn', consoleUrl: 'url' };
const status = (name: 'QUEUED' | 'BUILDING' | 'SUCCEEDED' | 'FAILED'): ProgressEvent => ({
  type: 'status',
  runId: 'r',
  status: name,
});
const phase = (name: string): ProgressEvent => ({ type: 'phase', runId: 'r', phase: name });
const finished: ProgressEvent = { type: 'finished', runId: 'r', status: 'SUCCEEDED' };

function collected() {
  const passed: string[] = [];
  const news = inOrder({
    onProgress: (event) => void passed.push(named(event)),
    onLog: (line) => void passed.push(line),
  });
  return { passed, ...news };
}

function named(event: ProgressEvent): string {
  if (event.type === 'phase') return `phase ${event.phase}`;
  return 'status' in event ? `${event.type} ${event.status}` : event.type;
}

describe('`inOrder()`', () => {
  it('Log lines come after the event that the build has started', () => {
    const { passed, onProgress, onLog } = collected();
    onProgress(submitted);
    onLog('a');
    onProgress(status('QUEUED'));
    onProgress(status('BUILDING'));
    onLog('b');

    expect(passed).toEqual(['submitted', 'status QUEUED', 'status BUILDING', 'a', 'b']);
  });

  it('The events of the end come after the last log line', () => {
    const { passed, onProgress, onLog } = collected();
    onProgress(status('BUILDING'));
    onLog('a');
    onProgress(phase('FINALIZING'));
    onProgress(status('SUCCEEDED'));
    onProgress(phase('COMPLETED'));
    onLog('b');
    onProgress(finished);

    expect(passed.slice(1)).toEqual([
      'a',
      'b',
      'phase FINALIZING',
      'status SUCCEEDED',
      'phase COMPLETED',
      'finished SUCCEEDED',
    ]);
  });

  it('The log of a run that ended before is shown, and what waits when the command ends', () => {
    const { passed, onProgress, onLog, flush } = collected();
    onLog('a');
    onProgress(status('SUCCEEDED'));
    onLog('b');
    flush();

    expect(passed).toEqual(['a', 'b', 'status SUCCEEDED']);
  });

  it('A repeated run starts again, after the news of the run that it repeats', () => {
    const { passed, onProgress, onLog } = collected();
    onProgress(status('BUILDING'));
    onProgress(status('FAILED'));
    onLog('a');
    onProgress({ type: 'repeating', runId: 'r', reason: 'there is no layer' });
    onProgress(submitted);
    onLog('b');
    onProgress(status('BUILDING'));

    expect(passed.slice(1)).toEqual(['a', 'status FAILED', 'repeating', 'submitted', 'status BUILDING', 'b']);
  });

  it('The event of a phase comes before the log line with which the phase begins, and after the lines before that', () => {
    const { passed, onProgress, onLog } = collected();
    onProgress(status('BUILDING'));
    onProgress(phase('INSTALL'));
    onProgress(phase('BUILD'));
    onLog('[Container] 2026/01/02 03:04:01 Entering phase INSTALL');
    onLog('added 1 package');
    onLog('[Container] 2026/01/02 03:04:02 Entering phase PRE_BUILD');
    onLog('[Container] 2026/01/02 03:04:03 Entering phase BUILD\nx');
    onLog('[Container] 2026/01/02 03:04:04 Phase complete: UPLOAD_ARTIFACTS State: SUCCEEDED');
    onProgress(phase('UPLOAD_ARTIFACTS'));

    expect(passed.slice(1).map((line) => line.replace(/^\[Container\] \S+ \S+ /, ''))).toEqual([
      'phase INSTALL',
      'Entering phase INSTALL',
      'added 1 package',
      'Entering phase PRE_BUILD',
      'phase BUILD',
      'Entering phase BUILD\nx',
      'Phase complete: UPLOAD_ARTIFACTS State: SUCCEEDED',
      'phase UPLOAD_ARTIFACTS',
    ]);
  });

  it('Phases are passed on without their lines when the log cannot be read, and at the end', () => {
    const { passed, onProgress, flush } = collected();
    onProgress(phase('PROVISIONING'));
    onProgress(phase('INSTALL'));
    expect(passed).toEqual(['phase PROVISIONING']);
    onProgress({ type: 'warning', message: 'The log cannot be read.' });
    expect(passed.slice(1)).toEqual(['phase INSTALL', 'warning']);
    onProgress(phase('BUILD'));
    onProgress(status('SUCCEEDED'));
    flush();

    expect(passed.slice(3)).toEqual(['phase BUILD', 'status SUCCEEDED']);
  });

  it('A repeated run has the phases of its own log', () => {
    const { passed, onProgress, onLog } = collected();
    onProgress(status('BUILDING'));
    onLog('[Container] 2026/01/02 03:04:01 Entering phase BUILD');
    onProgress(submitted);
    onProgress(status('BUILDING'));
    onProgress(phase('BUILD'));
    onLog('a');

    expect(passed.slice(2)).toEqual(['submitted', 'status BUILDING', 'a']);
  });
});
