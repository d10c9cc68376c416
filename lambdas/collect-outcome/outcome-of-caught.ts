import {
  CAPACITY_UNAVAILABLE,
  type CollectOutcomeInput,
  isFailureCode,
  statusOfFailure,
} from '../../lib/contract/index.js';
import type { RunOutcome } from './run-outcome.js';

type Caught = NonNullable<CollectOutcomeInput['caught']>;

/** The state that waits for a lock, and the error of a state that timed out. */
const WAIT_FOR_LOCK = 'WaitForLock';
const STATE_TIMED_OUT = 'States.Timeout';

/**
 * Returns the outcome of a run after a state failed: with the state's failure code, `QueueTimedOut` if the run waited
 * too long for capacity or its lock, or else `ControlPlaneError`.
 * @param reason `queuedReason` of the record: why the run is still queued
 */
export function outcomeOfCaught(
  { state, error, cause }: Caught,
  finishedAt: Date,
  reason?: string,
): RunOutcome {
  const message = messageOf(cause);
  if (isFailureCode(error)) {
    return { status: statusOfFailure(error), finishedAt, failure: { code: error, message } };
  }
  if (error === CAPACITY_UNAVAILABLE) {
    const timedOut = `No build could be started within the queue timeout: ${message}`;
    return { status: 'TIMED_OUT', finishedAt, failure: { code: 'QueueTimedOut', message: timedOut } };
  }
  if (state === WAIT_FOR_LOCK && error === STATE_TIMED_OUT) {
    const timedOut = `The run waited for its lock until its queue timeout. ${reason ?? ''}`.trim();
    return { status: 'TIMED_OUT', finishedAt, failure: { code: 'QueueTimedOut', message: timedOut } };
  }
  return {
    status: 'FAILED',
    finishedAt,
    failure: { code: 'ControlPlaneError', message: `The state ${state} failed with ${error}: ${message}` },
  };
}

/** Extracts the message of a cause. Lambda reports a cause as JSON, other services as text. */
function messageOf(cause: string): string {
  try {
    const parsed: unknown = JSON.parse(cause);
    if (typeof parsed === 'object' && parsed !== null && 'errorMessage' in parsed) {
      return String(parsed.errorMessage);
    }
  } catch {
    // The cause is not JSON, so it is the message itself.
  }
  return cause;
}
