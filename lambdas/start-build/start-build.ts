import type { Build, CodeBuildClient } from '@aws-sdk/client-codebuild';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';

import {
  CodeseederError,
  parseRunRecord,
  type RunRecord,
  type RunTransition,
  type StartBuildInput,
  type StartedBuild,
  toRunStateChange,
  transitionOfActiveRun,
  transitionToBuild,
  transitionToBuildRequested,
  transitionToBuildRequestedWithLock,
  transitionToNoBuildRequested,
  transitionToQueuedReason,
} from '../../lib/contract/index.js';
import { findBuild, findBuildOfRun, stopBuild } from '../../lib/run-store/build.js';
import { marshalledTransition, type RunTable, updateRecord } from '../../lib/run-store/record.js';
import type { LockTable } from '../../lib/run-store/lock.js';
import { requestBuild, type BuildParameters, TOKEN_LIFE_MS } from './request-build.js';
import { dropLock, takeLock, withLockToken } from './take-lock.js';

export interface StartBuildDependencies extends LockTable {
  readonly codebuild: CodeBuildClient;
  readonly dynamodb: DynamoDBClient;
  readonly runTable: string;
  readonly now: () => Date;
}

/**
 * Starts the build of a run, which first takes its lock if it needs one. Repeated calls start no second build.
 *
 * Records the time of the request before it sends the request to CodeBuild. A later attempt that finds this time knows
 * that a build may exist. While CodeBuild keeps the idempotency token, the attempt repeats the request with the same
 * token. After that, it searches the project's builds. When CodeBuild refuses the only attempt, the reason replaces the
 * time, and the next attempt does not search for a build. If an earlier attempt had no response, a refusal does not
 * prove that no build exists, so the time is kept.
 *
 * @throws CodeseederError `QueueTimedOut`, `BuildQuotaZero`, `RunCanceled`, `InvalidRequest`, `LockHeld`,
 *   `LockReplaced`, `ControlPlaneError`, `CapacityUnavailable` if the call should be repeated later, or `LockAwaited`
 *   if it should be repeated when the run has its lock
 */
export async function startBuild(
  input: StartBuildInput,
  dependencies: StartBuildDependencies,
): Promise<StartedBuild> {
  const { lock } = input;
  if (lock === undefined || lock === null) return startBuildOnce(input, undefined, dependencies);
  const lockToken = await takeLock(input.runId, lock, dependencies);
  try {
    return await startBuildOnce(input, lockToken, dependencies);
  } catch (error) {
    // The run has ended in the meantime. If it has no build, its lock can be released at once.
    if (error instanceof CodeseederError && error.code === 'RunCanceled') {
      await dropLock(input.runId, lock.name, dependencies);
    }
    throw error;
  }
}

async function startBuildOnce(
  { runId, startBuild: parameters, queueDeadline }: StartBuildInput,
  lockToken: number | undefined,
  dependencies: StartBuildDependencies,
): Promise<StartedBuild> {
  const request = {
    runId,
    parameters: withLockToken(parameters as unknown as BuildParameters, lockToken),
    queueDeadline,
    lockToken,
  };
  const build = await buildOfRun(request, dependencies);
  const buildId = requireId(build);
  const record = await recordOrStop(runId, build, dependencies);
  const buildStartedAt = (build.startTime ?? dependencies.now()).toISOString();
  const change = {
    status: 'BUILDING' as const,
    buildId,
    startedAt: buildStartedAt,
    ...computeOf(build),
    ...logLocationOf(build, buildId),
  };
  return {
    buildId,
    buildStartedAt,
    transition: marshalledTransition(transitionOfActiveRun(change)),
    event: toRunStateChange({ ...record, ...change }),
  };
}

/** Returns the compute of a build, unless it runs on a reserved capacity fleet. */
function computeOf({ environment }: Build): Pick<RunRecord, 'computeType' | 'environmentType'> {
  if (environment?.fleet !== undefined) return {};
  return { computeType: environment?.computeType, environmentType: environment?.type };
}

/**
 * Returns the log group and stream of a build. CodeBuild may leave them out of its response to StartBuild, but the
 * default names are fixed: the group's name ends with the project's, and the stream is named by the part of the build
 * id after the colon.
 */
function logLocationOf(build: Build, buildId: string): { logGroup: string; logStream: string } {
  const { logs = {}, projectName } = build;
  const configured = { ...logs.cloudWatchLogs };
  const [project = '', uniquePart = ''] = buildId.split(':');
  const logGroup = logs.groupName ?? configured.groupName ?? `/aws/codebuild/${projectName ?? project}`;
  return {
    logGroup,
    logStream: logs.streamName ?? [configured.streamName, uniquePart].filter(Boolean).join('/'),
  };
}

interface BuildRequest {
  readonly runId: string;
  readonly parameters: BuildParameters;
  readonly queueDeadline: string;
  /** Fencing number of the lock that the run holds. */
  readonly lockToken: number | undefined;
}

async function buildOfRun(request: BuildRequest, dependencies: StartBuildDependencies): Promise<Build> {
  const { codebuild, now } = dependencies;
  const { runId, parameters } = request;
  const change = (transition: RunTransition) => updateRecord(runId, transition, dependencies);
  const requestedAt = now();
  const before = await recordRequest(request, requestedAt, dependencies);
  // CodeBuild may not find a build that has just started, but its id is sufficient.
  const { buildId: id } = before;
  if (id !== undefined) return (await findBuild(codebuild, id)) ?? { id };

  const requestFirst = () =>
    requestBuild({ ...request, requestedAt }, codebuild, async ({ message }, isOnlyAttempt) => {
      await change(isOnlyAttempt ? transitionToNoBuildRequested(message) : transitionToQueuedReason(message));
    });
  if (before.buildRequestedAt === undefined) return requestFirst();

  const unanswered = new Date(before.buildRequestedAt);
  if (requestedAt.getTime() - unanswered.getTime() < TOKEN_LIFE_MS) {
    return requestBuild({ ...request, requestedAt: unanswered }, codebuild, async ({ message }) => {
      await change(transitionToQueuedReason(message));
    });
  }

  const found = await findBuildOfRun(codebuild, {
    project: parameters.projectName,
    runId,
    since: unanswered,
  });
  if (found !== undefined) return found;
  const renewed = transitionOfActiveRun({ buildRequestedAt: requestedAt.toISOString() });
  if ((await change(renewed)) === undefined) refuseEnded(runId);
  return requestFirst();
}

/** Records that a build is about to be requested. @returns the record before this change */
async function recordRequest(
  { runId, lockToken }: BuildRequest,
  at: Date,
  table: RunTable,
): Promise<RunRecord> {
  const requestedAt = at.toISOString();
  const transition =
    lockToken === undefined
      ? transitionToBuildRequested(requestedAt)
      : transitionToBuildRequestedWithLock(requestedAt, lockToken);
  const before = await updateRecord(runId, transition, table, 'ALL_OLD');
  return before === undefined ? refuseEnded(runId) : parseRunRecord(before);
}

/** Records the build. Stops it if the run has ended in the meantime, because no other code knows the build. */
async function recordOrStop(
  runId: string,
  build: Build,
  dependencies: StartBuildDependencies,
): Promise<RunRecord> {
  const buildId = requireId(build);
  const phase = build.currentPhase ?? 'SUBMITTED';
  const record = await updateRecord(runId, transitionToBuild(buildId, phase), dependencies, 'ALL_NEW');
  if (record !== undefined) return parseRunRecord(record);
  await stopBuild(dependencies.codebuild, buildId);
  throw new CodeseederError(
    'RunCanceled',
    `The run ${runId} ended before its build ${buildId} could be recorded. The build was stopped.`,
  );
}

function refuseEnded(runId: string): never {
  throw new CodeseederError(
    'RunCanceled',
    `The run ${runId} has ended or was never recorded. No build is started for it.`,
  );
}

function requireId(build: Build): string {
  if (build.id === undefined)
    throw new CodeseederError('ControlPlaneError', 'CodeBuild returned no build id.');
  return build.id;
}
