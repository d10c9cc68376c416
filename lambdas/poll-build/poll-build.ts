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
  /** Receives requests that failed transiently. The next look at the build is after the poll interval. */
  readonly warn: (message: string, details: Record<string, unknown>) => void;
}

/** What a look at a build found. The build is `unseen` when CodeBuild could not be asked or does not find it yet. */
export type Look = 'ended' | 'failed' | 'building' | 'unseen';

/**
 * Looks at a build once, and ends the state machine's wait if the build has ended.
 *
 * The token is recorded before the look. The event of a build that ends after the look therefore finds the token, and the
 * look finds a build that ended before it. A look that fails changes nothing: the machine calls again after the poll
 * interval.
 *
 * @throws Error of AWS that the same request would meet again, such as `AccessDeniedException`
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

/** Returns the error for a build that CodeBuild does not find. In its first minutes a build may not be found yet. */
function goneBuild(buildId: string, ageMinutes: number): CodeseederError | undefined {
  if (ageMinutes < BUILD_UNFINDABLE_MINUTES) return undefined;
  return new CodeseederError('ControlPlaneError', `CodeBuild has no build ${buildId}: was it deleted?`);
}

/**
 * Returns the error for a build that runs beyond its limits. CodeBuild should have ended it, and the run must not wait
 * for the execution's own limit.
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
