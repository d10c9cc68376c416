/**
 * An error that Retriers and Catchers can match by its name, such as `States.Timeout` or the name of a Lambda
 * function's error.
 */
export class StateError extends Error {
  readonly error: string;
  /** Undefined for an error without a cause, such as a timeout. */
  readonly stateCause: string | undefined;
  /** Field with the expression that could not be evaluated, such as `Output/value`. */
  readonly location: string | undefined;

  constructor(error: string, cause?: string, location?: string) {
    super(cause === undefined ? error : `${error}: ${cause}`);
    this.name = error;
    this.error = error;
    this.stateCause = cause?.slice(0, CAUSE_MAX_CHARACTERS);
    this.location = location;
  }
}

/** The error and cause of a Fail state. */
export class DeclaredFailure extends Error {
  readonly error: string | undefined;
  readonly stateCause: string | undefined;

  constructor(error: string | undefined, cause: string | undefined) {
    super(cause ?? error ?? 'The execution failed');
    this.error = error;
    this.stateCause = cause;
  }
}

/** Thrown for a failed attempt of a state whose error the history already contains. */
export class AttemptFailed extends Error {
  readonly reason: StateError | DeclaredFailure;

  constructor(reason: StateError | DeclaredFailure) {
    super(reason.message, { cause: reason });
    this.reason = reason;
  }
}

/**
 * Converts the error of a branch or an item to a failed attempt of the state that contains it. Returns other errors
 * unchanged.
 */
export function asAttemptFailed(error: unknown): unknown {
  const isReason = error instanceof StateError || error instanceof DeclaredFailure;
  return isReason ? new AttemptFailed(error) : error;
}

/**
 * Maximum length of a cause.
 * @see https://docs.aws.amazon.com/step-functions/latest/apireference/API_TaskFailedEventDetails.html
 */
const CAUSE_MAX_CHARACTERS = 32_768;

export const TIMEOUT = 'States.Timeout';
export const HEARTBEAT_TIMEOUT = 'States.HeartbeatTimeout';
export const RUNTIME = 'States.Runtime';
export const ITEM_READER_FAILED = 'States.ItemReaderFailed';
export const RESULT_WRITER_FAILED = 'States.ResultWriterFailed';
export const TOLERATED_FAILURES_EXCEEDED = 'States.ExceedToleratedFailureThreshold';
export const DATA_LIMIT_EXCEEDED = 'States.DataLimitExceeded';
export const QUERY_EVALUATION_ERROR = 'States.QueryEvaluationError';

/**
 * Returns whether the `ErrorEquals` of a Retrier or Catcher matches an error. Nothing matches `States.Runtime`.
 * `States.ALL` does not match `States.DataLimitExceeded`.
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
 */
export function errorMatches(errorEquals: readonly string[], error: string): boolean {
  if (error === RUNTIME) return false;
  if (errorEquals.includes(error)) return true;
  if (error === DATA_LIMIT_EXCEEDED) return false;
  if (errorEquals.includes('States.ALL')) return true;
  if (error === HEARTBEAT_TIMEOUT && errorEquals.includes(TIMEOUT)) return true;
  return errorEquals.includes('States.TaskFailed') && error !== TIMEOUT && error !== HEARTBEAT_TIMEOUT;
}

/** Refuses text that is too large for the data of a state. @throws StateError `States.DataLimitExceeded` */
export function checkSize(text: string, subject: string): string {
  if (Buffer.byteLength(text) > PAYLOAD_MAX_BYTES) {
    throw new StateError(
      DATA_LIMIT_EXCEEDED,
      `${subject} with a size exceeding the maximum number of bytes service limit.`,
    );
  }
  return text;
}

/**
 * Maximum size of the data of a state.
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
 */
export const PAYLOAD_MAX_BYTES = 262_144;
