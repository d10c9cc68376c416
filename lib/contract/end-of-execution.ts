import type { ExecutionState } from './execution-state.js';
import { boundedFailure } from './failure-text.js';
import { isFailureCode, type FailureCode } from './failures.js';
import { collectedOutcomeSchema } from './handler-messages.js';
import { queuedRecord } from './queued-record.js';
import type { Trigger } from './run-request.js';
import type { RunRecord, TerminalStatus } from './run-record.js';
import { statusOfFailure } from './status-of-failure.js';

/** The end of a run, as derived from its execution. */
export interface ExecutionEnd extends Pick<
  RunRecord,
  'failure' | 'outputKey' | 'result' | 'exportedVariables'
> {
  readonly status: TerminalStatus;
}

/**
 * Maps the end of an execution to the end of its run. Used if no record has the run's end, because the execution was
 * stopped or failed before it recorded one, or because the record has expired.
 *
 * @returns undefined while the execution is running or waits to be redriven
 */
export function endOfExecution(execution: ExecutionState): ExecutionEnd | undefined {
  const { executionArn, status, error, cause } = execution;
  const reason = [error, cause].filter(Boolean).join(': ');
  switch (status) {
    case 'RUNNING':
    case 'PENDING_REDRIVE':
      return undefined;
    case 'SUCCEEDED':
      return endOfOutput(execution);
    case 'ABORTED':
      // `cancel` stops an execution with the code RunCanceled, and the machine with that of another cancellation.
      if (isCanceling(error)) return failed(error, cause ?? error);
      return failed('RunCanceled', reason || 'The execution was stopped. No reason was given.');
    case 'TIMED_OUT':
      return failed('RunTimedOut', reason || 'The execution ran longer than its state machine allows.');
    case 'FAILED':
      return isFailureCode(error)
        ? failed(error, cause ?? error)
        : failed('ControlPlaneError', `The execution failed: ${reason || 'it reported no error'}`);
    case 'MISSING':
      return failed('ControlPlaneError', `The execution ${executionArn} does not exist.`);
  }
}

/**
 * Creates the record of a run from its execution: for a run that was never recorded, and for a run whose record has
 * expired.
 */
export function recordOfExecution(
  execution: ExecutionState,
  run: {
    readonly runId: string;
    readonly seedkit: string;
    readonly recordExpirationDays: number;
    /** The trigger of the run, if it is known from another source than the request. */
    readonly trigger?: Trigger | undefined;
    /** Whether the map that the request names started the run. @default true */
    readonly isOfMap?: boolean | undefined;
    /** Current time, used if the start of the execution is not known. */
    readonly now: Date;
  },
): RunRecord {
  const { executionArn, startedAt } = execution;
  const executionStartedAt = (startedAt ?? run.now).toISOString();
  return queuedRecord({ ...run, executionArn, executionStartedAt, request: requestOf(execution) });
}

/** Codes with which a run can end before `prepare-run` has accepted it. */
const ENDS_UNPREPARED: ReadonlySet<string> = new Set<FailureCode>([
  'BundleMissing',
  'ControlPlaneError',
  'InputChanged',
  'InputMissing',
  'InvalidRequest',
  'NotAllowed',
  'RunCanceled',
  'RunTimedOut',
]);

/**
 * Returns the trigger of a run that has only an execution and no record. A client may write any trigger into the
 * request, but `prepare-run` refuses a false one. If the run's end shows that `prepare-run` accepted the run, the
 * trigger in the request is true.
 *
 * @returns undefined if the trigger in the request is true
 */
export function triggerOfEnd({ status, failure }: ExecutionEnd): Trigger | undefined {
  const wasAccepted = status === 'SUCCEEDED' || (failure !== undefined && !ENDS_UNPREPARED.has(failure.code));
  return wasAccepted ? undefined : 'CLIENT';
}

/** Returns the run request that an execution was started with; undefined when its input is not JSON. */
export function requestOf({ input }: ExecutionState): unknown {
  return jsonOrUndefined(input);
}

/** Returns the changes that end a record: the members of the end, `finishedAt` and `durationMs`. */
export function endRecord<Record extends Pick<RunRecord, 'queuedAt'>, End extends object>(
  record: Record,
  end: End,
  finishedAt: Date,
): End & Required<Pick<RunRecord, 'finishedAt' | 'durationMs'>> {
  return {
    ...end,
    finishedAt: finishedAt.toISOString(),
    durationMs: Math.max(0, finishedAt.getTime() - Date.parse(record.queuedAt)),
  };
}

/** Returns whether the error of a stopped execution is the code of a canceled run. */
function isCanceling(error: string | undefined): error is FailureCode {
  return isFailureCode(error) && statusOfFailure(error) === 'CANCELED';
}

function endOfOutput({ executionArn, output }: ExecutionState): ExecutionEnd {
  const parsed = collectedOutcomeSchema.shape.output.safeParse(jsonOrUndefined(output));
  // The state machine ends with SUCCEEDED only for a run that succeeded.
  if (parsed.data?.status !== 'SUCCEEDED') {
    return failed(
      'ControlPlaneError',
      `The execution ${executionArn} succeeded, but its output does not describe a succeeded run.`,
    );
  }
  const { status, outputKey, result, exportedVariables } = parsed.data;
  const hasExported = Object.keys(exportedVariables).length > 0;
  return {
    status,
    outputKey: outputKey ?? undefined,
    result: result ?? undefined,
    exportedVariables: hasExported ? exportedVariables : undefined,
  };
}

function failed(code: FailureCode, message: string): ExecutionEnd {
  return { status: statusOfFailure(code), failure: boundedFailure({ code, message }) };
}

function jsonOrUndefined(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : (JSON.parse(text) as unknown);
  } catch {
    return undefined;
  }
}
