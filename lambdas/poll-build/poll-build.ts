import type { Build, CodeBuildClient } from '@aws-sdk/client-codebuild';
import type { SFNClient } from '@aws-sdk/client-sfn';

import {
  BUILD_OVERDUE_MINUTES,
  BUILD_TIMEOUT_MINUTES,
  BUILD_UNFINDABLE_MINUTES,
  CodeseederError,
  isTransientError,
  type PollBuildInput,
  QUEUED_TIMEOUT_MINUTES,
  transitionToPhase,
  transitionToWaiting,
} from '../../lib/contract/index.js';
import { findBuild } from '../../lib/run-store/build.js';
import { endWait, failWait } from '../../lib/run-store/execution.js';
import { type RunTable, updateRecord } from '../../lib/run-store/record.js';

/** Clients of {@link pollBuild}. */
export interface PollBuildDependencies extends RunTable {
  readonly codebuild: CodeBuildClient;
  readonly sfn: SFNClient;
  readonly now: () => Date;
  /** Logs a request that failed transiently. The build is checked again after the poll interval. */
  readonly warn: (message: string, details: Record<string, unknown>) => void;
}

/** The result of checking a build. It is `unseen` if CodeBuild did not respond or does not find the build yet. */
export type Look = 'ended' | 'failed' | 'building' | 'unseen';

/**
 * Checks a build once, and ends the state machine's wait if the build has ended. The task token is recorded before the
 * check. If the build ends after the check, `wake-run` therefore finds the token; if it ended before, the check finds
 * its end. If the check fails, the machine calls again after the poll interval.
 * @throws Error of AWS that a repeated request would also get, such as `AccessDeniedException`
 */
export async function pollBuild(input: PollBuildInput, dependencies: PollBuildDependencies): Promise<Look> {
  const { runId, taskToken } = input;
  const recorded = updateRecord(runId, transitionToWaiting(taskToken), dependencies);
  await unlessTransient(recorded, 'record the token', dependencies);
  const look = lookAtBuild(input, dependencies);
  return (await unlessTransient(look, 'look at the build', dependencies)) ?? 'unseen';
}

async function lookAtBuild(input: PollBuildInput, dependencies: PollBuildDependencies): Promise<Look> {
  const { runId, buildId, buildStartedAt, taskToken } = input;
  const { codebuild, sfn, now } = dependencies;
  const build = await findBuild(codebuild, buildId);
  if (build?.buildComplete === true) {
    await endWait(sfn, taskToken);
    return 'ended';
  }
  const ageMinutes = (now().getTime() - Date.parse(buildStartedAt)) / 60_000;
  const failure =
    build === undefined ? goneBuild(buildId, ageMinutes) : overdueBuild(buildId, build, ageMinutes);
  if (failure !== undefined) {
    await failWait(sfn, taskToken, failure);
    return 'failed';
  }
  if (build?.currentPhase === undefined) return build === undefined ? 'unseen' : 'building';
  await updateRecord(runId, transitionToPhase(buildId, build.currentPhase), dependencies);
  return 'building';
}

/**
 * Returns the error for a build that CodeBuild does not find; undefined in the build's first minutes, when this is
 * normal.
 */
function goneBuild(buildId: string, ageMinutes: number): CodeseederError | undefined {
  if (ageMinutes < BUILD_UNFINDABLE_MINUTES) return undefined;
  return new CodeseederError(
    'ControlPlaneError',
    `CodeBuild has no build ${buildId}. It may have been deleted.`,
  );
}

/**
 * Returns the error for a build that has exceeded its timeouts by {@link BUILD_OVERDUE_MINUTES}. CodeBuild should have
 * ended it, and waiting for the timeout of the execution would take too long.
 */
function overdueBuild(buildId: string, build: Build, ageMinutes: number): CodeseederError | undefined {
  const queued = build.queuedTimeoutInMinutes ?? QUEUED_TIMEOUT_MINUTES.max;
  const building = build.timeoutInMinutes ?? BUILD_TIMEOUT_MINUTES.max;
  if (ageMinutes < queued + building + BUILD_OVERDUE_MINUTES) return undefined;
  return new CodeseederError(
    'BuildTimedOut',
    `CodeBuild has not ended the build ${buildId} ${BUILD_OVERDUE_MINUTES} minutes after its limits, ${queued} minutes in the queue and ${building} of building.`,
  );
}

/** Sends a request. @returns undefined when the request failed transiently */
async function unlessTransient<T>(
  request: Promise<T>,
  purpose: string,
  { warn }: PollBuildDependencies,
): Promise<T | undefined> {
  try {
    return await request;
  } catch (error) {
    if (!isTransientError(error)) throw error;
    warn(`Could not ${purpose}`, { error });
    return undefined;
  }
}
