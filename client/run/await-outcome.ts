import { setTimeout as sleep } from 'node:timers/promises';

import { isTerminal, type RunRecord } from '../../lib/contract/index.js';
import { RemoteError, RunFailedError } from '../errors.js';
import type { Connection } from '../connection/connection.js';
import type { RunOutcome, WaitOptions } from '../seedkit-types.js';
import { describeExecution } from './describe-execution.js';
import { readLogs } from './read-logs.js';
import { readResult } from './read-result.js';
import { findRecord } from './run-records.js';
import { isEnded, recordOfExecution } from './unrecorded-end.js';

interface AwaitedRun {
  readonly id: string;
  readonly executionArn: string;
  readonly consoleUrl: string;
  readonly connection: Connection;
}

const WAIT_MS = { first: 250, growth: 1.25, longest: 5_000 } as const;

/** Each so many looks at the record, one at the execution, whose end the record may never hear of. */
const LOOKS_PER_EXECUTION = 4;

/** How long `reconcile-run` is given to end the record of an execution that ended without doing so. */
const RECONCILE_PATIENCE_MS = 90_000;

/**
 * Waits for a run's end.
 * @throws RemoteError what the target threw; RunFailedError for every other end without a value
 */
export async function awaitOutcome<Value>(run: AwaitedRun, options: WaitOptions): Promise<RunOutcome<Value>> {
  const record = await whileFollowingLog(run, options);
  if (!isTerminal(record.status)) throw new RunFailedError(record, run.consoleUrl);
  options.onProgress?.({ type: 'finished', runId: run.id, status: record.status });
  if (record.status !== 'SUCCEEDED') throw errorOf(record, run.consoleUrl);
  const value = (await readResult(record, run.consoleUrl, run.connection)) as Value;
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
  const tell = createTeller(run, options);
  let endSeenAtMs: number | undefined;
  let waitMs: number = WAIT_MS.first;
  for (let look = 1; ; look += 1) {
    const record = await findRecord(run.id, run.connection);
    if (record !== undefined) await tell(record);
    if (record !== undefined && isTerminal(record.status)) return record;

    if (endSeenAtMs !== undefined || look % LOOKS_PER_EXECUTION === 0) {
      const execution = await describeExecution(run.executionArn, run.connection);
      if (isEnded(execution)) endSeenAtMs ??= Date.now();
      if (endSeenAtMs !== undefined && Date.now() - endSeenAtMs > RECONCILE_PATIENCE_MS) {
        return recordOfExecution(run, execution, record);
      }
    }
    await sleep(waitMs, undefined, options.signal === undefined ? {} : { signal: options.signal });
    waitMs = Math.min(waitMs * WAIT_MS.growth, WAIT_MS.longest);
  }
}

/** Tells each status, why a run stays queued, and each build phase once. */
function createTeller(run: AwaitedRun, { onProgress }: WaitOptions): (record: RunRecord) => Promise<void> {
  let told: string | undefined;
  let phase: string | undefined;
  return async (record) => {
    if (onProgress === undefined) return;
    const { status } = record;
    const reason = status === 'QUEUED' ? record.queuedReason : undefined;
    const news = `${status} ${reason ?? ''}`;
    if (news !== told) {
      onProgress({ type: 'status', runId: run.id, status, ...(reason !== undefined && { reason }) });
    }
    told = news;
    const current = isTerminal(status) ? record.phase : await currentPhase(record, run.connection);
    if (current !== undefined && current !== phase)
      onProgress({ type: 'phase', runId: run.id, phase: current });
    phase = current ?? phase;
  };
}

/** The phase is only news: where CodeBuild does not give it, such as when it is throttled, the waiting goes on. */
async function currentPhase({ buildId }: RunRecord, connection: Connection): Promise<string | undefined> {
  if (buildId === undefined) return undefined;
  const { BatchGetBuildsCommand, CodeBuildServiceException } = await import('@aws-sdk/client-codebuild');
  const codeBuild = await connection.clients.codeBuild();
  try {
    const { builds: [build] = [] } = await codeBuild.send(new BatchGetBuildsCommand({ ids: [buildId] }));
    return build?.currentPhase;
  } catch (error) {
    if (error instanceof CodeBuildServiceException) return undefined;
    throw error;
  }
}

/** Waits for the end and for the whole log; what fails in one ends the other. */
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
    // Why the caller stopped waiting says more than that a timer was stopped.
    options.signal?.throwIfAborted();
    throw error;
  }
}

async function followLog(run: AwaitedRun, { onLog, signal }: WaitOptions): Promise<void> {
  if (onLog === undefined) return;
  for await (const line of readLogs(run, { signal })) onLog(line.message);
}
