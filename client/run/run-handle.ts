import { CodeseederError, executionArnOf, isTransientError } from '../../lib/contract/index.js';
import type { Connection } from '../connection/connection.js';
import type { WaitOptions } from '../call-option-types.js';
import type { Run } from '../run-types.js';
import { awaitOutcome } from './await-outcome.js';
import { cancelRun } from './cancel-run.js';
import { executionConsoleUrl } from '../console-url.js';
import { adviceOnUnknownId } from '../local-account.js';
import { readHistory } from './read-history.js';
import { readLogs } from './read-logs.js';
import { executionOf, type KnownRun, statusOf } from './run-end.js';
import { findRecord } from './run-records.js';

/**
 * Returns a handle on a run whose execution exists.
 * @param defaults options of `outcome` and `result`. The options of a call take precedence.
 */
export function createRun<Value>(
  id: string,
  executionArn: string,
  connection: Connection,
  defaults: WaitOptions = {},
): Run<Value> {
  const consoleUrl = executionConsoleUrl(executionArn);
  const run = { id, executionArn, consoleUrl, connection };
  const outcome: Run<Value>['outcome'] = (options) => awaitOutcome<Value>(run, { ...defaults, ...options });
  return {
    id,
    executionArn,
    consoleUrl,
    status: async () => (await statusOf(run)) ?? refuseUnknown(id, connection, executionArn),
    record: () => findRecord(id, connection),
    logs: ({ signal, follow } = {}) => readLogs(run, { signal, follow }),
    history: () => readHistory(executionArn, connection),
    outcome,
    result: async (options) => (await outcome(options)).value,
    cancel: (reason) => cancelRun(executionArn, connection, reason),
  };
}

/**
 * Returns a handle on an existing run.
 * @throws CodeseederError `RunNotFound` when there is neither an execution nor a record
 */
export async function attachRun<Value>(runId: string, connection: Connection): Promise<Run<Value>> {
  const { stateMachineArn } = await connection.deployed();
  const executionArn = executionArnOf(stateMachineArn, runId);
  if (!(await exists({ id: runId, executionArn, connection })))
    refuseUnknown(runId, connection, executionArn);
  return createRun<Value>(runId, executionArn, connection);
}

/**
 * Checks the execution, which Step Functions keeps for 90 days, and then the record, which is kept for longer and can
 * be read while Step Functions throttles.
 */
async function exists(run: KnownRun): Promise<boolean> {
  try {
    if ((await executionOf(run)).status !== 'MISSING') return true;
  } catch (error) {
    if (isTransientError(error) && (await findRecord(run.id, run.connection)) !== undefined) return true;
    throw error;
  }
  return (await findRecord(run.id, run.connection)) !== undefined;
}

/**
 * Throws the error for a run id that the seedkit does not have.
 * @param arn any ARN of the seedkit, which shows whether it is in a local AWS. @default the advice is that for AWS
 * @throws CodeseederError `RunNotFound`
 */
export function refuseUnknown(runId: string, connection: Connection, arn = ''): never {
  throw new CodeseederError(
    'RunNotFound',
    `The seedkit ${connection.seedkit} has no run ${JSON.stringify(runId)}. ${adviceOnUnknownId(arn)}`,
  );
}
