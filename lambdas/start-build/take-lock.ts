import {
  BUILD_VARIABLES,
  CodeseederError,
  isTerminal,
  LOCK_AWAITED,
  LOCK_WAITING_MAX,
  lockQueued,
  lockReplaced,
  type LockState,
  lockTaken,
  lockWaitReason,
  runBefore,
  transitionToQueuedReason,
  type WantedLock,
} from '../../lib/contract/index.js';
import { changeLock, type LockTable, readLock } from '../../lib/run-store/lock.js';
import { type RunTable, updateRecord } from '../../lib/run-store/record.js';
import { isWithoutBuild, readRunOfLock, releaseLock } from '../../lib/run-store/settle-lock.js';
import type { BuildParameters } from './request-build.js';

/** Clients of {@link takeLock}. */
export interface TakeLockDependencies extends LockTable, RunTable {
  readonly now: () => Date;
}

/**
 * Takes the lock that a run needs, or adds the run to the lock's queue. Repeated calls change nothing: a run that holds
 * the lock keeps it, and a run that waits keeps its place.
 *
 * @returns the fencing number
 * @throws CodeseederError `LockHeld` in the mode `refuse` or if the queue is full; `LockReplaced`; `LockAwaited` if the
 *   run waits
 */
export async function takeLock(
  runId: string,
  wanted: WantedLock,
  dependencies: TakeLockDependencies,
): Promise<number> {
  const { name, mode } = wanted;
  for (;;) {
    const now = dependencies.now();
    const taken = await changeLock(name, lockTaken({ runId, now }), dependencies);
    if (taken !== undefined) return taken.fence;
    const state = await readLock(name, dependencies);
    if (isFreeFor(runId, state)) continue;
    if (mode === 'refuse' && state.holder?.runId !== runId) throw refused(state);
    const queued = mode === 'replace' ? lockReplaced({ runId }) : lockQueued({ runId });
    const after = (await changeLock(name, queued, dependencies)) ?? (await readLock(name, dependencies));
    if (!isFreeFor(runId, after)) return awaited(runId, after, dependencies);
  }
}

/** Returns whether the lock became free for a run after the run could not take it. */
function isFreeFor(runId: string, { holder, waiting, replaced }: LockState): boolean {
  return holder === undefined && waiting.length === 0 && !replaced.includes(runId);
}

/** Handles a run that could not take its lock now. @returns the fencing number if the run holds the lock already */
async function awaited(runId: string, state: LockState, table: RunTable): Promise<number> {
  const { lock, holder, waiting, replaced, fence } = state;
  if (holder?.runId === runId) return fence;
  if (replaced.includes(runId)) {
    throw new CodeseederError(
      'LockReplaced',
      `A newer run took the place of this run, ${runId}, which waited for the lock ${lock}.`,
    );
  }
  if (!waiting.includes(runId)) throw full(state);
  const reason = lockWaitReason(lock, runBefore(state, runId));
  await updateRecord(runId, transitionToQueuedReason(reason), table);
  throw new CodeseederError(LOCK_AWAITED, reason);
}

/** Releases the lock of a run that ended before it had a build. */
export async function dropLock(
  runId: string,
  lock: string,
  dependencies: TakeLockDependencies,
): Promise<void> {
  const state = await readLock(lock, dependencies);
  if (state.holder?.runId !== runId) return;
  const run = await readRunOfLock(runId, dependencies);
  if (run !== undefined && isTerminal(run.status) && isWithoutBuild(run)) {
    await releaseLock(state, dependencies);
  }
}

/** Adds the variable with the fencing number to the parameters of a build. */
export function withLockToken(parameters: BuildParameters, lockToken: number | undefined): BuildParameters {
  if (lockToken === undefined) return parameters;
  const { environmentVariablesOverride = [] } = parameters;
  const variable = { name: BUILD_VARIABLES.lockToken, value: String(lockToken), type: 'PLAINTEXT' as const };
  return { ...parameters, environmentVariablesOverride: [...environmentVariablesOverride, variable] };
}

function refused({ lock, holder, waiting }: LockState): CodeseederError {
  const [first] = waiting;
  const by =
    holder === undefined
      ? `waits for the run ${first}`
      : `is held by the run ${holder.runId} since ${holder.grantedAt}`;
  return new CodeseederError(
    'LockHeld',
    `The lock ${lock} ${by}. Wait for its end or cancel it, or use lockMode: wait.`,
  );
}

function full({ lock, holder, waiting }: LockState): CodeseederError {
  const by = holder === undefined ? '' : `, which the run ${holder.runId} holds`;
  return new CodeseederError(
    'LockHeld',
    `${waiting.length} runs wait for the lock ${lock}${by}; at most ${LOCK_WAITING_MAX} can. Start the run later, or use lockMode: replace.`,
  );
}
