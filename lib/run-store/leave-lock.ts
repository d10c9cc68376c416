/** Takes a run that is over out of its lock. */
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
 * Takes a run that has ended, or ends now, out of the queue of its lock. Releases the lock that it holds if its build is
 * over, and hands it over. A build goes on for a while after StopBuild has answered: the lock is kept until CodeBuild
 * says that the build has ended, and the event of that end, or the next sweep, releases it.
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

/** Returns whether the build of a run has ended, or there is none for certain. */
export async function isBuildOver(
  run: Omit<RunOfLock, 'status'>,
  { codebuild, now }: LeaveLockClients,
): Promise<boolean> {
  const { buildId, queuedAt, buildRequestedAt = queuedAt, startedAt = buildRequestedAt } = run;
  if (buildId === undefined) return isWithoutBuild(run);
  const build = await findBuild(codebuild, buildId);
  if (build !== undefined) return build.buildComplete === true;
  // CodeBuild may not find a build in its first minutes. Later it was deleted, which CodeBuild allows after its end.
  const ageMs = now().getTime() - Date.parse(startedAt);
  return ageMs > BUILD_UNFINDABLE_MINUTES * 60_000;
}
