import {
  CodeseederError,
  type ErrorCode,
  endOfExecution,
  endRecord,
  type ExecutionEnd,
  type ExecutionState,
  isTerminal,
  isTransientError,
  parseRunRequest,
  recordOfExecution,
  triggerOfEnd,
  requestOf,
  type RunRecord,
  type RunStatus,
} from '../../lib/contract/index.js';
import type { Connection } from '../connection/connection.js';
import { filesOf } from '../connection/seedkit-resources.js';
import { findRecord } from './run-records.js';

/** A run, and the connection to its seedkit. */
export interface KnownRun {
  readonly id: string;
  readonly executionArn: string;
  readonly connection: Connection;
}

/**
 * Days that Step Functions keeps an execution after its end.
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
 */
const EXECUTION_KEPT_DAYS = 90;

/** Reads the state of a run's execution: `MISSING` if the execution does not exist or Step Functions has deleted it. */
export async function executionOf({ executionArn, connection }: KnownRun): Promise<ExecutionState> {
  const { describeExecution } = await import('../../lib/run-store/execution.js');
  return describeExecution(await connection.clients.states(), executionArn);
}

/**
 * Finds the status of a run: from its record or, until the record is terminal, from its execution.
 * @returns undefined when there is neither a record nor an execution
 */
export async function statusOf(run: KnownRun): Promise<RunStatus | undefined> {
  const record = await findRecord(run.id, run.connection);
  if (record !== undefined && isTerminal(record.status)) return record.status;
  const execution = await executionOf(run).catch((error: unknown) => {
    // If Step Functions throttles, the status is read from the record, which is at most some seconds late.
    if (record === undefined || !isTransientError(error)) throw error;
  });
  const end = execution && endOfExecution(execution);
  if (end === undefined) return record?.status ?? 'QUEUED';
  // The record is read again, because it may have become terminal just before the execution ended.
  const recorded = await findRecord(run.id, run.connection);
  if (recorded !== undefined && isTerminal(recorded.status)) return recorded.status;
  const isUnknown = recorded === undefined && execution?.status === 'MISSING';
  return isUnknown ? undefined : end.status;
}

/**
 * Returns the terminal record of a run whose end is not recorded yet or whose record has expired, from its execution.
 * @param end how the execution ended
 * @param record the record of the run, if there is one
 */
export async function unrecordedEnd(
  { id: runId, connection }: KnownRun,
  execution: ExecutionState,
  end: ExecutionEnd,
  record: RunRecord | undefined,
): Promise<RunRecord> {
  const now = new Date();
  const { seedkit } = connection;
  const known = {
    runId,
    seedkit,
    recordExpirationDays: EXECUTION_KEPT_DAYS,
    trigger: triggerOfEnd(end),
    now,
  };
  const queued = record ?? recordOfExecution(execution, known);
  const kind = record === undefined ? await invocationKind(execution, connection) : record.kind;
  return { ...queued, kind, ...endRecord(queued, end, execution.stoppedAt ?? now) };
}

/** Codes of errors after which the invocation is still unknown, because AWS did not answer. */
const NOT_ANSWERED: ReadonlySet<ErrorCode> = new Set([
  'AwsUnreachable',
  'CredentialsMissing',
  'RegionMissing',
]);

/**
 * Returns the kind of a run; undefined if the file with its invocation has also expired, was changed, or has an earlier
 * contract version.
 */
async function invocationKind(execution: ExecutionState, connection: Connection): Promise<RunRecord['kind']> {
  const { readInvocation } = await import('../../lib/run-store/files.js');
  try {
    const { input } = parseRunRequest(requestOf(execution));
    return (await readInvocation(input, await filesOf(connection))).invocation.kind;
  } catch (error) {
    if (error instanceof CodeseederError && !NOT_ANSWERED.has(error.code)) return undefined;
    throw error;
  }
}
