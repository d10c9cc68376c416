import type { Build } from '@aws-sdk/client-codebuild';
import type { S3Client } from '@aws-sdk/client-s3';

import { CodeseederError, outputPrefix, type RunFailure, type RunRecord } from '../../lib/contract/index.js';
import { describePhase, failedPhase, lastPhase, phaseOf } from './build-phases.js';
import { failureOfFailedBuild } from './failure-of-failed-build.js';
import { type FoundResult, readResult } from './read-result.js';
import { refusedLayer, removeRefusedLayer } from './refused-layer.js';
import type { RunOutcome } from './run-outcome.js';

export interface BuildContext {
  readonly s3: S3Client;
  readonly bucket: string;
  readonly runId: string;
  readonly record: RunRecord | undefined;
  readonly now: () => Date;
}

/**
 * How a run ended whose build is over.
 * @throws CodeseederError `ControlPlaneError` when the build is not over
 */
export async function outcomeOfBuild(build: Build, context: BuildContext): Promise<RunOutcome> {
  const { status, failure } = await endOfBuild(build, context);
  const phase = failure?.phase ?? lastPhase(build);
  return {
    status,
    finishedAt: build.endTime ?? context.now(),
    ...(failure !== undefined && { failure }),
    ...(phase !== undefined && { phase }),
    ...(build.logs?.groupName !== undefined && { logGroup: build.logs.groupName }),
    ...(build.logs?.streamName !== undefined && { logStream: build.logs.streamName }),
    ...(hasOutput(build) && { outputKey: outputPrefix(context.runId) }),
    exportedVariables: exportedVariables(build),
  };
}

type End = Pick<RunOutcome, 'status'> & { readonly failure?: RunFailure };

async function endOfBuild(build: Build, context: BuildContext): Promise<End> {
  const phase = failedPhase(build);
  const where = { ...(phase?.phaseType !== undefined && { phase: phase.phaseType }) };
  switch (build.buildStatus) {
    case 'SUCCEEDED': {
      const failure = failureOfResult(await resultOf(context));
      return failure === undefined ? { status: 'SUCCEEDED' } : { status: 'FAILED', failure };
    }
    case 'FAILED': {
      const layer = refusedLayer(build, context.record);
      if (layer !== undefined) {
        return { status: 'FAILED', failure: await removeRefusedLayer(layer, build, context) };
      }
      const result = await resultOf(context);
      return {
        status: 'FAILED',
        failure: failureOfFailedBuild(build, { result, kind: context.record?.kind }),
      };
    }
    case 'TIMED_OUT':
      return { status: 'TIMED_OUT', failure: { ...timeoutFailure(build), ...where } };
    case 'STOPPED': {
      const message = `Somebody stopped the build ${build.id} outside the state machine${describePhase(phase)}`;
      return { status: 'CANCELED', failure: { code: 'BuildStopped', message, ...where } };
    }
    case 'FAULT': {
      const message = `CodeBuild failed on its own side${describePhase(phase)}`;
      return { status: 'FAILED', failure: { code: 'BuildFault', message, ...where } };
    }
    case 'IN_PROGRESS':
    case undefined:
      throw new CodeseederError(
        'ControlPlaneError',
        `The build ${build.id} is ${build.buildStatus}, not over.`,
      );
  }
}

/** Commands leave no result: their build's own end says it all. */
async function resultOf({ record, s3, bucket, runId }: BuildContext): Promise<FoundResult> {
  if (record?.kind === 'commands') return { found: 'none needed' };
  return readResult(s3, bucket, runId);
}

function failureOfResult(result: FoundResult): RunFailure | undefined {
  switch (result.found) {
    case 'none needed':
    case 'value':
      return undefined;
    case 'error':
    case 'unusable':
      return result.failure;
    case 'missing':
      return {
        code: 'ResultMissing',
        message: 'The build succeeded and left no result: the target ended its process before it returned.',
      };
  }
}

function timeoutFailure(build: Build): RunFailure {
  const queued = phaseOf(build, 'QUEUED');
  if (queued?.phaseStatus === 'TIMED_OUT') {
    const limit = build.queuedTimeoutInMinutes;
    return {
      code: 'QueueTimedOut',
      message: `The build waited longer than ${limit ?? 'its'} minutes in CodeBuild's queue.`,
    };
  }
  return {
    code: 'BuildTimedOut',
    message: `The build ran longer than ${build.timeoutInMinutes ?? 'its'} minutes${describePhase(failedPhase(build))}`,
  };
}

function hasOutput(build: Build): boolean {
  const upload = phaseOf(build, 'UPLOAD_ARTIFACTS');
  return build.buildStatus === 'SUCCEEDED' || upload?.phaseStatus === 'SUCCEEDED';
}

/** Variables that were set: CodeBuild has an empty value for one that never was, so an empty one counts as not set. */
function exportedVariables({ exportedEnvironmentVariables = [] }: Build): Record<string, string> {
  return Object.fromEntries(
    exportedEnvironmentVariables.flatMap(({ name, value = '' }) =>
      name === undefined || value === '' ? [] : [[name, value]],
    ),
  );
}
