import { setTimeout as sleep } from 'node:timers/promises';

import { endOfExecution, type ExecutionState, isTerminal, type RunRecord } from '../../lib/contract/index.js';
import type { Connection } from '../connection/connection.js';
import { RemoteError, RunFailedError } from '../errors.js';
import type { RunOutcome, WaitOptions } from '../seedkit-types.js';
import { readLogs } from './read-logs.js';
import { readValue } from './read-value.js';
import { executionOf, type KnownRun, unrecordedEnd } from './run-end.js';
import { findRecord } from './run-records.js';

interface AwaitedRun extends KnownRun {
  readonly consoleUrl: string;
}

const WAIT_MS = { first: 250, growth: 1.25, longest: 5_000 } as const;

/** Number of reads of the record per read of the execution, which can end although the record does not say so. */
const READS_PER_EXECUTION = 4;

/** Time that `reconcile-run` has to end the record of an execution that ended without doing so. */
const RECONCILE_MS = 30_000;

/**
 * Waits for the end of a run.
 * @throws RemoteError when the target threw an error; RunFailedError when the run failed for another reason
 */
export async function awaitOutcome<Value>(run: AwaitedRun, options: WaitOptions): Promise<RunOutcome<Value>> {
  const record = await whileFollowingLog(run, options);
  if (!isTerminal(record.status)) throw new RunFailedError(record, run.consoleUrl);
  options.onProgress?.({ type: 'finished', runId: run.id, status: record.status });
  if (record.status !== 'SUCCEEDED') throw errorOf(record, run.consoleUrl);
  const value = (await readValue(record, run.consoleUrl, run.connection)) as Value;
  return {
    runId: run.id,
    status: record.status,
    value,
    exportedVariables: record.exportedVariables ?? {},
    record,
  };
}

function errorOf(record: RunRecord, consoleUrl: string): RemoteError | RunFailedError {
  const { failure } = record;
  return failure?.code === 'RemoteError' && failure.remote !== undefined
    ? new RemoteError(failure.remote, record, consoleUrl)
    : new RunFailedError(record, consoleUrl);
}

async function untilTerminal(run: AwaitedRun, options: WaitOptions): Promise<RunRecord> {
  const report = createReporter(run, options);
  let hasEnded = false;
  let waitMs: number = WAIT_MS.first;
  for (let read = 1; ; read += 1) {
    const record = await findRecord(run.id, run.connection);
    if (record !== undefined) await report(record);
    if (record !== undefined && isTerminal(record.status)) return record;

    if (hasEnded || read % READS_PER_EXECUTION === 0) {
      const execution = await executionOf(run);
      const end = endOfExecution(execution);
      if (end !== undefined && !hasEnded) {
        // Reads the record again: it may have become terminal before the execution ended.
        hasEnded = true;
        continue;
      }
      if (end !== undefined && !isRecordDue(execution)) return unrecordedEnd(run, execution, end, record);
    }
    await sleep(waitMs, undefined, options.signal === undefined ? {} : { signal: options.signal });
    waitMs = Math.min(waitMs * WAIT_MS.growth, WAIT_MS.longest);
  }
}

/**
 * Returns whether `reconcile-run` may still end the record. The record of an execution that succeeded ended before: if
 * there is none, it has expired.
 */
function isRecordDue({ status, stoppedAt }: ExecutionState): boolean {
  if (status === 'SUCCEEDED' || stoppedAt === undefined) return false;
  return Date.now() - stoppedAt.getTime() <= RECONCILE_MS;
}

/** Reports each status, the reason why a run stays queued, and each build phase once. */
function createReporter(run: AwaitedRun, { onProgress }: WaitOptions): (record: RunRecord) => Promise<void> {
  let reported: string | undefined;
  let phase: string | undefined;
  return async (record) => {
    if (onProgress === undefined) return;
    const { status } = record;
    const reason = status === 'QUEUED' ? record.queuedReason : undefined;
    const state = `${status} ${reason ?? ''}`;
    if (state !== reported) onProgress({ type: 'status', runId: run.id, status, reason });
    reported = state;
    const current = isTerminal(status) ? record.phase : await currentPhase(record, run.connection);
    if (current !== undefined && current !== phase)
      onProgress({ type: 'phase', runId: run.id, phase: current });
    phase = current ?? phase;
  };
}

/** Returns the current phase of a build. Ignores errors of CodeBuild, such as throttling: a phase is progress only. */
async function currentPhase({ buildId }: RunRecord, connection: Connection): Promise<string | undefined> {
  if (buildId === undefined) return undefined;
  const { CodeBuildServiceException } = await import('@aws-sdk/client-codebuild');
  const { findBuild } = await import('../../lib/run-store/build.js');
  try {
    return (await findBuild(await connection.clients.codeBuild(), buildId))?.currentPhase;
  } catch (error) {
    if (error instanceof CodeBuildServiceException) return undefined;
    throw error;
  }
}

/** Waits for the run's end and for its whole log. If one fails, the other is aborted. */
async function whileFollowingLog(run: AwaitedRun, options: WaitOptions): Promise<RunRecord> {
  const failed = new AbortController();
  const signal =
    options.signal === undefined ? failed.signal : AbortSignal.any([options.signal, failed.signal]);
  try {
    const [record] = await Promise.all([
      untilTerminal(run, { ...options, signal }),
      followLog(run, { ...options, signal }),
    ]);
    return record;
  } catch (error) {
    failed.abort(error);
    // Throws the caller's abort reason instead of the timer's AbortError.
    options.signal?.throwIfAborted();
    throw error;
  }
}

async function followLog(run: AwaitedRun, { onLog, signal }: WaitOptions): Promise<void> {
  if (onLog === undefined) return;
  for await (const line of readLogs(run, { signal })) onLog(line.message);
}
