import { newRunId } from '../../submit/new-run-id.js';
import type { Terminal } from '../terminal.js';
import { startAndFollow } from './follow-run.js';
import { loadRun } from './load-run.js';
import type { RunFlags } from './run-flags.js';
import type { RunTarget } from './run-target.js';

/**
 * Starts a run of a target and waits for its end, unless `--detach` is given.
 * @returns the exit code of the run
 */
export async function startTarget(target: RunTarget, flags: RunFlags, terminal: Terminal): Promise<number> {
  const { runId = newRunId(), start, known } = await loadRun(target, flags, terminal);
  return startAndFollow(runId, start, { ...flags, known }, terminal);
}
