import { describe, expect, it } from '@jest/globals';

import { inOrder } from '../../../../client/cli/run/ordered-news.js';
import type { ProgressEvent } from '../../../../client/index.js';

const submitted: ProgressEvent = { type: 'submitted', runId: 'r', executionArn: 'arn', consoleUrl: 'url' };
const status = (name: 'QUEUED' | 'BUILDING' | 'SUCCEEDED' | 'FAILED'): ProgressEvent => ({
  type: 'status',
  runId: 'r',
  status: name,
});
const finished: ProgressEvent = { type: 'finished', runId: 'r', status: 'SUCCEEDED' };

function collected() {
  const passed: string[] = [];
  const news = inOrder({
    onProgress: (event) => void passed.push('status' in event ? `${event.type} ${event.status}` : event.type),
    onLog: (line) => void passed.push(line),
  });
  return { passed, ...news };
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
    onProgress({ type: 'phase', runId: 'r', phase: 'FINALIZING' });
    onProgress(status('SUCCEEDED'));
    onProgress({ type: 'phase', runId: 'r', phase: 'COMPLETED' });
    onLog('b');
    onProgress(finished);

    expect(passed.slice(1)).toEqual(['a', 'b', 'phase', 'status SUCCEEDED', 'phase', 'finished SUCCEEDED']);
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
});
