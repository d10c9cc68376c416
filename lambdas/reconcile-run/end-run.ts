import type { CodeBuildClient } from '@aws-sdk/client-codebuild';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import type { SFNClient } from '@aws-sdk/client-sfn';

import { isTerminal, queuedRecord, type RunChange, type RunRecord } from '../../lib/contract/index.js';
import { announceEnd } from './announce-end.js';
import { describeExecution, type ExecutionEnd } from './describe-execution.js';
import { changeOfExecution } from './change-of-execution.js';
import { findOrphanedBuild } from './find-orphaned-build.js';
import type { OpenRun } from './find-open-runs.js';
import { noteAnnounced, noteEnd, readRecord } from './run-table.js';
import { stopBuildIfRunning } from './stop-build-if-running.js';

export interface EndRunDependencies {
  /** The seedkit's own project. */
  readonly project: string;
  readonly sfn: SFNClient;
  readonly codebuild: CodeBuildClient;
  readonly dynamodb: DynamoDBClient;
  readonly events: EventBridgeClient;
  readonly now: () => Date;
  readonly seedkit: string;
  readonly runTable: string;
  readonly eventBus: string;
  readonly recordExpirationDays: number;
}

/**
 * Brings one run to its end if its execution is over: ends its record, stops its build, announces it.
 * @returns whether there was something to do
 */
export async function endRun(run: OpenRun, dependencies: EndRunDependencies): Promise<boolean> {
  const record = await endedRecord(run, dependencies);
  if (record === undefined) return false;
  const buildId = record.buildId ?? (await findOrphanedBuild(record, dependencies));
  const stopped = buildId !== undefined && (await stopBuildIfRunning(dependencies.codebuild, buildId));
  const ended = buildId === undefined ? record : { ...record, buildId };
  const announced = await announceOnce(ended, dependencies);
  return stopped || announced;
}

/** The record, brought to its end where it is not over; `undefined` while the execution goes on. */
async function endedRecord(
  { runId, executionArn }: OpenRun,
  dependencies: EndRunDependencies,
): Promise<RunRecord | undefined> {
  const before = await readRecord(runId, dependencies);
  if (before !== undefined && isTerminal(before.status)) return before;
  const execution = await describeExecution(dependencies.sfn, executionArn, dependencies.now());
  if (execution === undefined) return undefined;
  const newRecord = before === undefined ? recordOf(runId, execution, dependencies) : undefined;
  await noteEnd(runId, endOf(execution, before), newRecord, dependencies);
  // Read again: the build may have been recorded, or the run ended, since the first look.
  return readRecord(runId, dependencies);
}

function endOf(execution: ExecutionEnd, record: RunRecord | undefined): RunChange {
  const finishedAt = execution.stoppedAt;
  const queuedAt = new Date(record?.queuedAt ?? execution.startedAt);
  return {
    ...changeOfExecution(execution),
    finishedAt: finishedAt.toISOString(),
    durationMs: Math.max(0, finishedAt.getTime() - queuedAt.getTime()),
  };
}

/** An execution can be stopped before it has recorded its run. */
function recordOf(
  runId: string,
  { executionArn, startedAt, request }: ExecutionEnd,
  { seedkit, recordExpirationDays }: EndRunDependencies,
): RunRecord {
  return queuedRecord({
    runId,
    seedkit,
    executionArn,
    executionStartedAt: startedAt.toISOString(),
    recordExpirationDays,
    request,
  });
}

async function announceOnce(record: RunRecord, dependencies: EndRunDependencies): Promise<boolean> {
  if (record.announcedAt !== undefined) return false;
  await announceEnd(record, dependencies);
  await noteAnnounced(record.runId, dependencies.now(), dependencies);
  return true;
}
