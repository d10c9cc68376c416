import {
  endOfExecution,
  endRecord,
  type ExecutionState,
  isTerminal,
  recordOfExecution,
  requestOf,
  type RunRecord,
  transitionToAnnounced,
  transitionToBuildFound,
  transitionToEnd,
} from '../../lib/contract/index.js';
import { announceRun, type RunBus } from '../../lib/run-store/events.js';
import type { LeaveLockClients } from '../../lib/run-store/leave-lock.js';
import { stopBuild } from '../../lib/run-store/build.js';
import { putFacets } from '../../lib/run-store/facets.js';
import { describeExecution } from '../../lib/run-store/execution.js';
import type { S3Bucket } from '../../lib/s3-objects.js';
import { readRecord, type RunTable, updateRecord } from '../../lib/run-store/record.js';
import { provenOrigin } from '../../lib/run-store/files.js';
import { findOrphanedBuild } from './find-orphaned-build.js';
import { leaveQueue } from './leave-queue.js';
import type { Paces } from './pace.js';

export interface EndRunDependencies extends RunTable, RunBus, S3Bucket, LeaveLockClients {
  /** The seedkit's own project. */
  readonly project: string;
  readonly seedkit: string;
  readonly recordExpirationDays: number;
  /** Limits of the rates of calls to Step Functions and CodeBuild. */
  readonly paces: Paces;
}

/** A run, and the execution that it has or had. */
export interface KnownRun {
  readonly runId: string;
  readonly executionArn: string;
}

/**
 * Ends a run whose execution has ended: ends its record, stops its build and announces its end. Removes it from its
 * lock unless its build is still running.
 * @returns whether anything changed
 */
export async function endRun(run: KnownRun, dependencies: EndRunDependencies): Promise<boolean> {
  const record = await endedRecord(run, dependencies);
  if (record === undefined) return false;
  const buildId = record.buildId ?? (await findOrphanedBuild(record, dependencies));
  const stopped = buildId !== undefined && (await stopBuildOf(record, buildId, dependencies));
  // A build is recorded only after it was stopped, so that a sweep that fails to stop it leaves it to the next sweep.
  if (buildId !== undefined && record.buildId === undefined) {
    await updateRecord(record.runId, transitionToBuildFound(buildId), dependencies);
  }
  const announced = await announceOnce({ ...record, buildId }, dependencies);
  if (record.lock !== undefined) await leaveQueue({ ...record, buildId }, record.lock, dependencies);
  return stopped || announced;
}

async function stopBuildOf(
  { status }: RunRecord,
  buildId: string,
  { codebuild, paces }: EndRunDependencies,
): Promise<boolean> {
  // A run succeeds only after its build has ended.
  if (status === 'SUCCEEDED') return false;
  await paces.builds.turn();
  return stopBuild(codebuild, buildId);
}

/** Returns the terminal record of a run, after ending it if needed; undefined while the execution is running. */
async function endedRecord(
  { runId, executionArn }: KnownRun,
  dependencies: EndRunDependencies,
): Promise<RunRecord | undefined> {
  const record = await readRecord(runId, dependencies);
  if (record !== undefined && isTerminal(record.status)) return record;
  await dependencies.paces.executions.turn();
  const execution = await describeExecution(dependencies.sfn, executionArn);
  const end = endOfExecution(execution);
  if (end === undefined) return undefined;
  const now = dependencies.now();
  const queued = record ?? (await unrecorded(runId, execution, dependencies));
  const change = endRecord(queued, end, execution.stoppedAt ?? now);
  const base = record === undefined ? queued : undefined;
  await updateRecord(runId, transitionToEnd(change, base), dependencies);
  // The record is read again, because another writer may have recorded the build or ended the run since the first read.
  return readRecord(runId, dependencies);
}

async function unrecorded(
  runId: string,
  execution: ExecutionState,
  dependencies: EndRunDependencies,
): Promise<RunRecord> {
  const { seedkit, recordExpirationDays, now } = dependencies;
  const origin = await provenOrigin(requestOf(execution), dependencies);
  const run = { runId, seedkit, recordExpirationDays, ...origin, now: now() };
  const record = recordOfExecution(execution, run);
  await putFacets(record, dependencies);
  return record;
}

async function announceOnce(record: RunRecord, dependencies: EndRunDependencies): Promise<boolean> {
  if (record.announcedAt !== undefined) return false;
  await announceRun(record, dependencies);
  const announced = transitionToAnnounced(dependencies.now().toISOString());
  await updateRecord(record.runId, announced, dependencies);
  return true;
}
