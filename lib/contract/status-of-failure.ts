import type { FailureCode } from './failures.js';
import type { TerminalStatus } from './run-record.js';

const STATUSES: Partial<Record<FailureCode, TerminalStatus>> = {
  QueueTimedOut: 'TIMED_OUT',
  BuildTimedOut: 'TIMED_OUT',
  RunTimedOut: 'TIMED_OUT',
  RunCanceled: 'CANCELED',
  LockReplaced: 'CANCELED',
  BuildStopped: 'CANCELED',
};

/** Returns the status of a run that ends with a failure code. */
export function statusOfFailure(code: FailureCode): TerminalStatus {
  return STATUSES[code] ?? 'FAILED';
}
