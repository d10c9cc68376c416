import type { FailureCode } from './failures.js';
import type { TerminalStatus } from './run-record.js';

const STATUSES: Partial<Record<FailureCode, TerminalStatus>> = {
  QueueTimedOut: 'TIMED_OUT',
  BuildTimedOut: 'TIMED_OUT',
  RunTimedOut: 'TIMED_OUT',
  RunCanceled: 'CANCELED',
  BuildStopped: 'CANCELED',
};

/** The status a run ends with that fails by a code. */
export function statusOfFailure(code: FailureCode): TerminalStatus {
  return STATUSES[code] ?? 'FAILED';
}
