/** Removes a run that has ended from its lock. */
import type { CodeBuildClient } from '@aws-sdk/client-codebuild';

import { BUILD_UNFINDABLE_MINUTES, type RunOfLock } from '../contract/index.js';
import { findBuild } from './build.js';
import { leaveList, readLock } from './lock.js';
import { isWithoutBuild, type LockClients, releaseLock, settleLock } from './settle-lock.js';

/** Clients of {@link leaveLock}. */
export interface LeaveLockClients extends LockClients {
  readonly codebuild: CodeBuildClient;
}

/**
 * Removes a run that has ended, or is ending, from the queue of its lock. If the run holds the lock and its build has
 * ended, releases the lock and gives it to the next run. A build may continue for a while after StopBuild. The lock is
 * therefore kept until CodeBuild reports the end of the build. The event of that end, or the next sweep, then releases
 * it.
 *
 * @returns whether the run no longer holds the lock
 */
export async function leaveLock(run: Omit<RunOfLock, 'status'>, clients: LeaveLockClients): Promise<boolean> {
  const { lock, runId } = run;
  if (lock === undefined) return true;
  let state = await readLock(lock, clients);
  for (const list of ['waiting', 'replaced'] as const) state = await leaveList(list, runId, state, clients);
  if (state.holder?.runId === runId) {
    if (!(await isBuildOver(run, clients))) return false;
    await releaseLock(state, clients);
  }
  await settleLock(lock, clients);
  return true;
}

/** Returns whether the build of a run has ended, or certainly does not exist. */
export async function isBuildOver(
  run: Omit<RunOfLock, 'status'>,
  { codebuild, now }: LeaveLockClients,
): Promise<boolean> {
  const { buildId, queuedAt, buildRequestedAt = queuedAt, startedAt = buildRequestedAt } = run;
  if (buildId === undefined) return isWithoutBuild(run);
  const build = await findBuild(codebuild, buildId);
  if (build !== undefined) return build.buildComplete === true;
  // CodeBuild may not find a build in its first minutes. An older build that is not found was deleted, which is only
  // possible after its end.
  const ageMs = now().getTime() - Date.parse(startedAt);
  return ageMs > BUILD_UNFINDABLE_MINUTES * 60_000;
}
