import type { Build, CodeBuildClient } from '@aws-sdk/client-codebuild';

import {
  BUILD_OVERDUE_MINUTES,
  BUILD_TIMEOUT_MINUTES,
  CodeseederError,
  POLL_WAIT,
  type PollBuildInput,
  type PolledBuild,
  QUEUED_TIMEOUT_MINUTES,
} from '../../lib/contract/index.js';
import { getBuild } from '../../lib/run-store/build.js';

export interface PollBuildDependencies {
  readonly codebuild: CodeBuildClient;
  readonly now: () => Date;
}

/**
 * Reads the state of a build once and returns how long to wait before the next call. The state machine does the waiting.
 * @throws CodeseederError `ControlPlaneError` when CodeBuild has no such build; `BuildTimedOut` when the build is still
 *   running long after both its limits
 */
export async function pollBuild(
  { buildId, buildStartedAt }: PollBuildInput,
  { codebuild, now }: PollBuildDependencies,
): Promise<PolledBuild> {
  const build = await getBuild(codebuild, buildId);
  const done = build.buildComplete ?? false;
  const ageMs = now().getTime() - Date.parse(buildStartedAt);
  if (!done) refuseOverdue(buildId, build, ageMs / 60_000);
  return {
    done,
    waitSeconds: waitSeconds(ageMs / 1000),
    buildStatus: build.buildStatus ?? 'IN_PROGRESS',
    phase: build.currentPhase ?? 'SUBMITTED',
  };
}

/** CodeBuild ends a build at its limits. If it does not, the run ends here instead of at the execution's own limit. */
function refuseOverdue(buildId: string, build: Build, ageMinutes: number): void {
  const queued = build.queuedTimeoutInMinutes ?? QUEUED_TIMEOUT_MINUTES.max;
  const building = build.timeoutInMinutes ?? BUILD_TIMEOUT_MINUTES.max;
  if (ageMinutes < queued + building + BUILD_OVERDUE_MINUTES) return;
  throw new CodeseederError(
    'BuildTimedOut',
    `CodeBuild has not ended the build ${buildId} ${BUILD_OVERDUE_MINUTES} minutes after its limits, ${queued} minutes in the queue and ${building} of building.`,
  );
}

/** Returns whole seconds, rounded down: the wait is never longer than its share of the build's age. */
function waitSeconds(ageSeconds: number): number {
  const share = Math.floor(ageSeconds * POLL_WAIT.shareOfAge);
  return Math.min(POLL_WAIT.maxSeconds, Math.max(POLL_WAIT.minSeconds, share));
}
