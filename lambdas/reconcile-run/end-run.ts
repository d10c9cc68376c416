import type { CodeBuildClient } from '@aws-sdk/client-codebuild';
import type { SFNClient } from '@aws-sdk/client-sfn';

import {
  endOfExecution,
  endRecord,
  isTerminal,
  recordOfExecution,
  type RunRecord,
} from '../../lib/contract/index.js';
import { announceRun, type RunBus } from '../../lib/run-store/announcements.js';
import { stopBuild } from '../../lib/run-store/build.js';
import { describeExecution } from '../../lib/run-store/execution.js';
import { readRecord, recordAnnouncement, recordEnd, type RunTable } from '../../lib/run-store/run-table.js';
import type { OpenRun } from './find-open-runs.js';
import { findOrphanedBuild } from './find-orphaned-build.js';

export interface EndRunDependencies extends RunTable, RunBus {
  /** The seedkit's own project. */
  readonly project: string;
  readonly sfn: SFNClient;
  readonly codebuild: CodeBuildClient;
  readonly now: () => Date;
  readonly seedkit: string;
  readonly recordExpirationDays: number;
}

/**
 * Ends a run whose execution has ended: ends its record, stops its build and announces its end.
 * @returns whether anything changed
 */
export async function endRun(run: OpenRun, dependencies: EndRunDependencies): Promise<boolean> {
  const record = await endedRecord(run, dependencies);
  if (record === undefined) return false;
  const buildId = record.buildId ?? (await findOrphanedBuild(record, dependencies));
  const stopped = buildId !== undefined && (await stopBuild(dependencies.codebuild, buildId));
  const announced = await announceOnce({ ...record, buildId }, dependencies);
  return stopped || announced;
}

/** Returns the terminal record of a run, after ending it if needed; undefined while the execution is running. */
async function endedRecord(
  { runId, executionArn }: OpenRun,
  dependencies: EndRunDependencies,
): Promise<RunRecord | undefined> {
  const record = await readRecord(runId, dependencies);
  if (record !== undefined && isTerminal(record.status)) return record;
  const execution = await describeExecution(dependencies.sfn, executionArn);
  const end = endOfExecution(execution);
  if (end === undefined) return undefined;
  const now = dependencies.now();
  const queued = record ?? recordOfExecution(execution, { ...dependencies, runId, now });
  const change = endRecord(queued, end, execution.stoppedAt ?? now);
  await recordEnd(runId, change, record === undefined ? queued : undefined, dependencies);
  // Read again: since the first read, another writer may have recorded the build or ended the run.
  return readRecord(runId, dependencies);
}

async function announceOnce(record: RunRecord, dependencies: EndRunDependencies): Promise<boolean> {
  if (record.announcedAt !== undefined) return false;
  await announceRun(record, dependencies);
  await recordAnnouncement(record.runId, dependencies.now(), dependencies);
  return true;
}
