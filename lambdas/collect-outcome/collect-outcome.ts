import type { CodeBuildClient } from '@aws-sdk/client-codebuild';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { S3Client } from '@aws-sdk/client-s3';
import type { SFNClient } from '@aws-sdk/client-sfn';

import {
  BUILD_NOT_ENDED,
  CodeseederError,
  type CollectedOutcome,
  type CollectOutcomeInput,
  isTerminal,
  queuedRecord,
  type RunRecord,
} from '../../lib/contract/index.js';
import { findBuild, stopBuild } from '../../lib/run-store/build.js';
import { leaveLock } from '../../lib/run-store/leave-lock.js';
import type { LockTable } from '../../lib/run-store/lock.js';
import { putFacets } from '../../lib/run-store/facets.js';
import { readRecord } from '../../lib/run-store/record.js';
import { provenOrigin } from '../../lib/run-store/files.js';
import { describeOutcome } from './describe-outcome.js';
import { outcomeOfBuild } from './outcome-of-build.js';
import { outcomeOfCaught } from './outcome-of-caught.js';
import type { RunOutcome } from './run-outcome.js';

/** Settings and clients of {@link collectOutcome}. */
export interface CollectOutcomeDependencies extends LockTable {
  readonly sfn: SFNClient;
  readonly codebuild: CodeBuildClient;
  readonly dynamodb: DynamoDBClient;
  readonly s3: S3Client;
  readonly now: () => Date;
  readonly seedkit: string;
  readonly bucket: string;
  readonly runTable: string;
  readonly recordExpirationDays: number;
  /** Logs that the lock could not be given to the next run. The next sweep gives it. */
  readonly warn: (message: string, details: Record<string, unknown>) => void;
}

/**
 * Returns the outcome of a run: that of its build and result or, if a state failed, that failure. If a state failed,
 * also stops the build. Creates the record of a run that has none, and keeps the outcome in a record that is already
 * terminal. Releases the lock of a run whose build has ended.
 */
export async function collectOutcome(
  input: CollectOutcomeInput,
  dependencies: CollectOutcomeDependencies,
): Promise<CollectedOutcome> {
  const record = await readRecord(input.runId, dependencies);
  if (record !== undefined && isTerminal(record.status)) {
    return describeOutcome({ record, isRecorded: true });
  }
  const outcome = await findOutcome(input, record, dependencies);
  if (record?.lock !== undefined) await handOverLock(input, record, dependencies);
  return describeOutcome({
    record: record ?? (await unrecorded(input, dependencies)),
    isRecorded: record !== undefined,
    outcome,
  });
}

async function findOutcome(
  input: CollectOutcomeInput,
  record: RunRecord | undefined,
  dependencies: CollectOutcomeDependencies,
): Promise<RunOutcome> {
  const { codebuild, now } = dependencies;
  const buildId = input.buildId ?? record?.buildId;
  if (input.caught !== null) {
    if (buildId !== undefined) await stopBuild(codebuild, buildId);
    return outcomeOfCaught(input.caught, now(), record?.queuedReason);
  }
  if (buildId === undefined) {
    const cause = 'The state machine reached CollectOutcome, but the run has no build.';
    return outcomeOfCaught({ state: 'CollectOutcome', error: 'ControlPlaneError', cause }, now());
  }
  const build = await findBuild(codebuild, buildId);
  // CodeBuild may not find a build that has just started. If the build was deleted, `poll-build` ends the wait with a
  // failure some minutes after the start of the build.
  if (build === undefined) throw new CodeseederError(BUILD_NOT_ENDED, `CodeBuild finds no build ${buildId}.`);
  return outcomeOfBuild(build, { ...dependencies, runId: input.runId, record });
}

/**
 * Releases the lock of a run. If this fails, the outcome stays the same, because the sweep also releases the locks of
 * ended runs.
 */
async function handOverLock(
  input: CollectOutcomeInput,
  record: RunRecord,
  dependencies: CollectOutcomeDependencies,
): Promise<void> {
  const buildId = input.buildId ?? record.buildId;
  try {
    await leaveLock({ ...record, buildId }, dependencies);
  } catch (error) {
    dependencies.warn('The lock could not be given to the next run. The sweep tries again', {
      lock: record.lock,
      error,
    });
  }
}

async function unrecorded(
  { runId, executionArn, executionStartedAt, request }: CollectOutcomeInput,
  { seedkit, recordExpirationDays, ...dependencies }: CollectOutcomeDependencies,
): Promise<RunRecord> {
  const origin = await provenOrigin(request, dependencies);
  const run = { runId, seedkit, executionArn, executionStartedAt, recordExpirationDays };
  const record = queuedRecord({ ...run, request, ...origin });
  await putFacets(record, dependencies);
  return record;
}
