import type { Build, CodeBuildClient } from '@aws-sdk/client-codebuild';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';

import {
  CodeseederError,
  type RunRecord,
  type StartBuildInput,
  type StartedBuild,
  toRunStateChange,
} from '../../lib/contract/index.js';
import { askForBuild, type BuildParameters, TOKEN_LIFE_MS } from './ask-for-build.js';
import { findBuildOfRun, getBuild } from './find-build.js';
import { logPlaceOf } from './log-place.js';
import { forgetAttempt, noteAttempt, noteBuild, renewAttempt, transitionToBuilding } from './run-table.js';
import { stopBuild } from './stop-build.js';

export interface StartBuildDependencies {
  readonly codebuild: CodeBuildClient;
  readonly dynamodb: DynamoDBClient;
  readonly runTable: string;
  readonly now: () => Date;
}

/**
 * Starts the build of a run, once, however often it is asked.
 *
 * The attempt is noted in the record before CodeBuild is asked. A later attempt that finds such a note knows that
 * a build may exist: within the life of CodeBuild's idempotency token it asks again with the same token and the
 * same parameters, after that it looks through the project's builds. A refusal by CodeBuild takes the note back,
 * so waiting for capacity costs no look; what CodeBuild said is in the record while the run waits.
 *
 * @throws CodeseederError `QueueTimedOut`, `RunCanceled`, `InvalidRequest`, or `CapacityUnavailable` when it should
 *   be asked again after a while
 */
export async function startBuild(
  { runId, startBuild: parameters, queueDeadline }: StartBuildInput,
  dependencies: StartBuildDependencies,
): Promise<StartedBuild> {
  const request = { runId, parameters: parameters as unknown as BuildParameters, queueDeadline };
  const build = await buildOfRun(request, dependencies);
  const buildId = requireId(build);
  const record = await recordOrStop(runId, buildId, dependencies);
  const buildStartedAt = (build.startTime ?? dependencies.now()).toISOString();
  const change = {
    status: 'BUILDING' as const,
    buildId,
    startedAt: buildStartedAt,
    phase: build.currentPhase ?? 'SUBMITTED',
    ...logPlaceOf(build, buildId),
  };
  return {
    buildId,
    buildStartedAt,
    transition: transitionToBuilding(change),
    event: toRunStateChange({ ...record, ...change }),
  };
}

interface BuildRequest {
  readonly runId: string;
  readonly parameters: BuildParameters;
  readonly queueDeadline: string;
}

async function buildOfRun(request: BuildRequest, dependencies: StartBuildDependencies): Promise<Build> {
  const { codebuild, now } = dependencies;
  const { runId, parameters } = request;
  const requestedAt = now();
  const before = await noteAttempt(runId, requestedAt, dependencies);
  if (before.buildId !== undefined) return getBuild(codebuild, before.buildId);

  const ask = (at: Date) =>
    askForBuild({ ...request, requestedAt: at }, codebuild, (refusal) =>
      forgetAttempt(runId, refusal, dependencies),
    );
  if (before.buildRequestedAt === undefined) return ask(requestedAt);

  const unanswered = new Date(before.buildRequestedAt);
  if (requestedAt.getTime() - unanswered.getTime() < TOKEN_LIFE_MS) return ask(unanswered);

  const found = await findBuildOfRun(codebuild, {
    project: parameters.projectName,
    runId,
    since: unanswered,
  });
  if (found !== undefined) return found;
  await renewAttempt(runId, requestedAt, dependencies);
  return ask(requestedAt);
}

/** The run may have been canceled while the build was being started: then nobody else knows of the build. */
async function recordOrStop(
  runId: string,
  buildId: string,
  dependencies: StartBuildDependencies,
): Promise<RunRecord> {
  const record = await noteBuild(runId, buildId, dependencies);
  if (record !== undefined) return record;
  await stopBuild(dependencies.codebuild, buildId);
  throw new CodeseederError(
    'RunCanceled',
    `The run ${runId} was over before its build ${buildId} could be recorded; the build was stopped.`,
  );
}

function requireId(build: Build): string {
  if (build.id === undefined) throw new CodeseederError('ControlPlaneError', 'CodeBuild gave no build id.');
  return build.id;
}
