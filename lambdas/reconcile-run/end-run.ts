import type { CodeBuildClient } from '@aws-sdk/client-codebuild';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import type { SFNClient } from '@aws-sdk/client-sfn';

import { isTerminal, queuedRecord, type RunChange, type RunRecord } from '../../lib/contract/index.js';
import { announceEnd } from './announce-end.js';
import { describeExecution, type ExecutionEnd } from './describe-execution.js';
import { changeOfExecution } from './change-of-execution.js';
import { noteAnnounced, noteEnd, readRecord } from './run-table.js';
import { stopBuildIfRunning } from './stop-build-if-running.js';

export interface EndRunDependencies {
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
export async function endRun(
  { runId, executionArn }: { runId: string; executionArn: string },
  dependencies: EndRunDependencies,
): Promise<boolean> {
  const before = await readRecord(runId, dependencies);
  if (before === undefined || !isTerminal(before.status)) {
    const execution = await describeExecution(dependencies.sfn, executionArn, dependencies.now());
    if (execution === undefined) return false;
    const newRecord = before === undefined ? recordOf(runId, execution, dependencies) : undefined;
    await noteEnd(runId, endOf(execution, before), newRecord, dependencies);
  }
  // Read again: the build may have been recorded, or the run ended, since the first look.
  const record = await readRecord(runId, dependencies);
  if (record === undefined) return false;
  if (record.buildId !== undefined) await stopBuildIfRunning(dependencies.codebuild, record.buildId);
  return announceOnce(record, dependencies);
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
