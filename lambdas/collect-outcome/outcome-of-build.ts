import type { Build } from '@aws-sdk/client-codebuild';

import {
  BUILD_NOT_ENDED,
  BUILD_VARIABLES,
  CodeseederError,
  type FoundResult,
  outputPrefix,
  parseCacheReport,
  parseResultDigest,
  parseResultHead,
  type RunFailure,
  type RunRecord,
} from '../../lib/contract/index.js';
import { readResult } from '../../lib/run-store/files.js';
import type { S3Bucket } from '../../lib/s3-objects.js';
import { describePhase, failedPhase, lastPhase, phaseOf } from './build-phases.js';
import { changedInput } from './changed-input.js';
import { failureOfFailedBuild } from './failure-of-failed-build.js';
import { refusedLayer, removeRefusedLayer } from './refused-layer.js';
import type { RunOutcome } from './run-outcome.js';

/** The run that a build belongs to, and the bucket with its result. */
export interface BuildContext extends S3Bucket {
  readonly runId: string;
  readonly record: RunRecord | undefined;
  readonly now: () => Date;
}

/**
 * Returns the outcome of a run whose build has ended.
 * @throws CodeseederError `BuildNotEnded` if CodeBuild still reports the build as running, which can happen shortly
 * after the event of its end
 */
export async function outcomeOfBuild(build: Build, context: BuildContext): Promise<RunOutcome> {
  const output = outputOf(build, context);
  const { status, failure } = await endOfBuild(build, output, context);
  const phase = failure?.phase ?? lastPhase(build);
  return {
    status,
    finishedAt: build.endTime ?? context.now(),
    failure,
    phase,
    logGroup: build.logs?.groupName,
    logStream: build.logs?.streamName,
    ...output,
    cache: parseCacheReport(exportedValue(build, BUILD_VARIABLES.cache)),
    exportedVariables: exportedVariables(build),
  };
}

type End = Pick<RunOutcome, 'status' | 'failure'>;

async function endOfBuild(build: Build, output: Output, context: BuildContext): Promise<End> {
  const phase = failedPhase(build);
  const where = { phase: phase?.phaseType };
  switch (build.buildStatus) {
    case 'SUCCEEDED': {
      const failure = failureOfResult(await resultOf(output, context));
      return failure === undefined ? { status: 'SUCCEEDED' } : { status: 'FAILED', failure };
    }
    case 'FAILED': {
      const changed = changedInput(build, context.runId, context.bucket);
      if (changed !== undefined) return { status: 'FAILED', failure: changed };
      const layer = refusedLayer(build, context.record);
      if (layer !== undefined) {
        return { status: 'FAILED', failure: await removeRefusedLayer(layer, build, context) };
      }
      const result = await resultOf(output, context);
      return {
        status: 'FAILED',
        failure: failureOfFailedBuild(build, { result, kind: context.record?.kind }),
      };
    }
    case 'TIMED_OUT':
      return { status: 'TIMED_OUT', failure: { ...timeoutFailure(build), ...where } };
    case 'STOPPED': {
      const message = `The build ${build.id} was stopped outside the state machine${describePhase(phase)}`;
      return { status: 'CANCELED', failure: { code: 'BuildStopped', message, ...where } };
    }
    case 'FAULT': {
      const message = `The build failed because of a fault of CodeBuild${describePhase(phase)}`;
      return { status: 'FAILED', failure: { code: 'BuildFault', message, ...where } };
    }
    case 'IN_PROGRESS':
    case undefined:
      throw new CodeseederError(
        BUILD_NOT_ENDED,
        `The build ${build.id} has not ended: its status is ${build.buildStatus}.`,
      );
  }
}

type Output = Pick<RunOutcome, 'outputKey' | 'result'>;

/**
 * Returns the output of a build: its prefix, which follows from the build's ARN, and the digest of the result, which
 * the build's shell exported. Both are read from CodeBuild, because other principals can write to the bucket.
 */
function outputOf(build: Build, { record }: BuildContext): Output {
  if (build.arn === undefined || !hasOutput(build)) return {};
  const outputKey = outputPrefix(build.arn);
  if (record?.kind === 'commands') return { outputKey };
  return { outputKey, result: parseResultDigest(exportedValue(build, BUILD_VARIABLES.result)) };
}

function exportedValue(build: Build, variable: string): string | undefined {
  return build.exportedEnvironmentVariables?.find(({ name }) => name === variable)?.value;
}

/** Reads the result of a run; undefined for commands, which have none. */
async function resultOf(output: Output, context: BuildContext): Promise<FoundResult | undefined> {
  if (context.record?.kind === 'commands') return undefined;
  const { outputKey, result } = output;
  if (outputKey === undefined || result === undefined) return { found: 'missing' };
  return readResult({ outputKey, result }, context, parseResultHead);
}

function failureOfResult(result: FoundResult | undefined): RunFailure | undefined {
  switch (result?.found) {
    case undefined:
    case 'value':
      return undefined;
    case 'error':
    case 'unusable':
      return result.failure;
    case 'missing':
      return {
        code: 'ResultMissing',
        message: 'The build succeeded without a result: the target ended its process before it returned.',
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

/** Variables that the build exports for this handler. */
const OWN_VARIABLES: readonly string[] = [BUILD_VARIABLES.result, BUILD_VARIABLES.cache];

/**
 * Returns the exported variables that have a value: CodeBuild reports an unset variable as an empty one. Leaves out
 * variables that are secrets. If a build with secrets ended before POST_BUILD replaced them by `***`, leaves out all
 * variables.
 */
function exportedVariables(build: Build): Record<string, string> {
  const { exportedEnvironmentVariables = [], environment } = build;
  const secrets = new Set(
    (environment?.environmentVariables ?? [])
      .filter(({ type = 'PLAINTEXT' }) => type !== 'PLAINTEXT')
      .map(({ name }) => name),
  );
  if (secrets.size > 0 && phaseOf(build, 'POST_BUILD')?.phaseStatus !== 'SUCCEEDED') return {};
  return Object.fromEntries(
    exportedEnvironmentVariables.flatMap(({ name, value = '' }) =>
      name === undefined || OWN_VARIABLES.includes(name) || value === '' || secrets.has(name)
        ? []
        : [[name, value]],
    ),
  );
}
