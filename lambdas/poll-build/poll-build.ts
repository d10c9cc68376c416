import { BatchGetBuildsCommand, type CodeBuildClient } from '@aws-sdk/client-codebuild';

import {
  CodeseederError,
  POLL_WAIT,
  type PollBuildInput,
  type PolledBuild,
} from '../../lib/contract/index.js';

export interface PollBuildDependencies {
  readonly codebuild: CodeBuildClient;
  readonly now: () => Date;
}

/**
 * Looks at a build once and says when to look again; the machine does the waiting.
 * @throws CodeseederError `ControlPlaneError` when CodeBuild has no such build
 */
export async function pollBuild(
  { buildId, buildStartedAt }: PollBuildInput,
  { codebuild, now }: PollBuildDependencies,
): Promise<PolledBuild> {
  const { builds } = await codebuild.send(new BatchGetBuildsCommand({ ids: [buildId] }));
  const build = builds?.[0];
  if (build === undefined) {
    throw new CodeseederError('ControlPlaneError', `CodeBuild has no build ${buildId}: was it deleted?`);
  }
  return {
    done: build.buildComplete ?? false,
    waitSeconds: waitSeconds((now().getTime() - Date.parse(buildStartedAt)) / 1000),
    buildStatus: build.buildStatus ?? 'IN_PROGRESS',
    phase: build.currentPhase ?? 'SUBMITTED',
  };
}

/** Whole seconds, rounded down so that the end is never seen later than the share of the build's age. */
function waitSeconds(ageSeconds: number): number {
  const share = Math.floor(ageSeconds * POLL_WAIT.shareOfAge);
  return Math.min(POLL_WAIT.maxSeconds, Math.max(POLL_WAIT.minSeconds, share));
}
