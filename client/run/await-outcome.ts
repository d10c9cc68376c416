import { setTimeout as sleep } from 'node:timers/promises';

import {
  CodeseederError,
  endOfExecution,
  type ErrorCode,
  type ExecutionState,
  isTerminal,
  type RunRecord,
} from '../../lib/contract/index.js';
import { RemoteError, RunFailedError } from '../errors.js';
import type { WaitOptions } from '../call-option-types.js';
import type { LogLine, RunOutcome } from '../run-types.js';
import { observeRun } from './observe-run.js';
import { readLogs } from './read-logs.js';
import { readValue } from './read-value.js';
import { type KnownRun, unrecordedEnd } from './run-end.js';

interface AwaitedRun extends KnownRun {
  readonly consoleUrl: string;
}

/** How long after the end of an execution to wait for `reconcile-run`, which then ends the run's record. */
const RECONCILE_MS = 30_000;

/** How long after the end of a run to wait for the last lines of its log. */
const LAST_LINES_MS = 10_000;

/**
 * Waits for the end of a run.
 * @throws RemoteError when the target threw an error; RunFailedError when the run failed for another reason
 */
export async function awaitOutcome<Value>(run: AwaitedRun, options: WaitOptions): Promise<RunOutcome<Value>> {
  const record = await whileFollowingLog(run, options).catch((error: unknown) => {
    throw withRun(error, run.id);
  });
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

/** Codes of errors that end a wait but not the run. */
const ENDS_OF_WAITS: ReadonlySet<ErrorCode> = new Set(['AwsUnreachable', 'CredentialsMissing']);

/** Adds the command that waits again to the steps in the message of an error that ended the wait. */
function withRun(error: unknown, runId: string): unknown {
  if (!(error instanceof CodeseederError) || !ENDS_OF_WAITS.has(error.code)) return error;
  const message = `${error.message}\n- The run ${runId} may continue. To wait for it again: codeseeder runs wait ${runId}`;
  return new CodeseederError(error.code, message, { cause: error });
}

/** Returns the error of a run that did not succeed. */
export function errorOf(record: RunRecord, consoleUrl: string): RemoteError | RunFailedError {
  const { failure } = record;
  return failure?.code === 'RemoteError' && failure.remote !== undefined
    ? new RemoteError(failure.remote, record, consoleUrl)
    : new RunFailedError(record, consoleUrl);
}

async function untilTerminal(run: AwaitedRun, options: WaitOptions): Promise<RunRecord> {
  const report = createReporter(run, options);
  for await (const { record, execution } of observeRun(run, options.signal)) {
    if (record !== undefined) report(record);
    if (record !== undefined && isTerminal(record.status)) return record;
    const end = execution && endOfExecution(execution);
    if (execution !== undefined && end !== undefined && !isRecordDue(execution)) {
      return unrecordedEnd(run, execution, end, record);
    }
  }
  throw new Error('The observation of the run ended without a result.');
}

/**
 * Returns whether `reconcile-run` may still end the record. The execution of a run that succeeded ends the record
 * itself. Such a record is missing only after it has expired.
 */
function isRecordDue({ status, stoppedAt }: ExecutionState): boolean {
  if (status === 'SUCCEEDED' || stoppedAt === undefined) return false;
  return Date.now() - stoppedAt.getTime() <= RECONCILE_MS;
}

/** Reports each status, the reason why a run stays queued, and each build phase once. */
export function createReporter(
  run: Pick<AwaitedRun, 'id'>,
  { onProgress }: WaitOptions,
): (record: RunRecord) => void {
  let reported: string | undefined;
  let reportedPhase: string | undefined;
  return ({ status, queuedReason, phase }) => {
    const reason = status === 'QUEUED' ? queuedReason : undefined;
    const state = `${status} ${reason ?? ''}`;
    if (state !== reported) onProgress?.({ type: 'status', runId: run.id, status, reason });
    reported = state;
    if (phase !== undefined && phase !== reportedPhase) onProgress?.({ type: 'phase', runId: run.id, phase });
    reportedPhase = phase;
  };
}

/**
 * Waits for the end of a run while its log is followed. A log that cannot be read is reported as a warning and never
 * ends the wait. An error that the caller's listener throws ends the wait.
 */
async function whileFollowingLog(run: AwaitedRun, options: WaitOptions): Promise<RunRecord> {
  const { onLog, onProgress, signal } = options;
  if (onLog === undefined) return untilTerminal(run, options);
  const over = new AbortController();
  const whileAwaited = signal === undefined ? over.signal : AbortSignal.any([signal, over.signal]);
  const ended = untilTerminal(run, { ...options, signal: whileAwaited });
  const following = followLog(run, onLog, whileAwaited);
  const unreadable = following.then(({ error }) => {
    if (error !== undefined && !over.signal.aborted)
      onProgress?.({
        type: 'warning',
        message: `The log of the run ${run.id} cannot be read: ${error.message}`,
      });
  });
  try {
    const listenerFailed = unreadable.then(() => ended);
    const record = await Promise.race([ended, listenerFailed]);
    await Promise.race([unreadable, sleep(LAST_LINES_MS, undefined, { signal: over.signal })]);
    return record;
  } finally {
    over.abort();
    await unreadable.catch(() => undefined);
  }
}

/**
 * Passes the lines of the log to the listener. @returns the error if the log cannot be read. @throws an error of the
 * listener
 */
async function followLog(
  run: KnownRun,
  onLog: (line: string) => void,
  signal: AbortSignal,
): Promise<{ readonly error?: Error }> {
  const lines = readLogs(run, { signal });
  try {
    for (;;) {
      let line: IteratorResult<LogLine>;
      try {
        line = await lines.next();
      } catch (error) {
        return { error: error as Error };
      }
      if (line.done === true) return {};
      onLog(line.value.message);
    }
  } finally {
    await lines.return(undefined);
  }
}
