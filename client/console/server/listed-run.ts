import { failureLine, type RunRecord } from '../../../lib/contract/index.js';
import type { ListedRun } from '../api.js';

/** Returns what a list shows of a run. */
export function listedRun(record: RunRecord): ListedRun {
  const { runId, name, target, labels, trigger, mapId, mapIndex, lock } = record;
  const { status, phase, queuedReason, queuedAt, durationMs, failure } = record;
  return {
    ...{ runId, name, target, labels, trigger, mapId, mapIndex, lock },
    ...{ status, phase, queuedReason, queuedAt, durationMs },
    failureLine: failure && failureLine(failure),
  };
}
