import { hostname, userInfo } from 'node:os';

import {
  boundedText,
  CodeseederError,
  executionArnOf,
  FAILURE_MESSAGE_MAX_CHARACTERS,
  type RunRecord,
  type RunStatus,
} from '../../lib/contract/index.js';
import type { Connection } from '../connection/connection.js';
import type { Run, WaitOptions } from '../seedkit-types.js';
import { awaitOutcome } from './await-outcome.js';
import { executionConsoleUrl } from './console-url.js';
import { describeExecution } from './describe-execution.js';
import { readHistory } from './read-history.js';
import { readLogs } from './read-logs.js';
import { findRecord } from './run-records.js';

/** A handle on a run whose execution exists. `defaults` are told what the waiting calls are not. */
export function createRun<Value>(
  id: string,
  executionArn: string,
  connection: Connection,
  defaults: WaitOptions = {},
): Run<Value> {
  const consoleUrl = executionConsoleUrl(executionArn);
  const place = { id, executionArn, consoleUrl, connection };
  const outcome: Run<Value>['outcome'] = (options) => awaitOutcome<Value>(place, { ...defaults, ...options });
  return {
    id,
    executionArn,
    consoleUrl,
    status: () => statusOf(id, executionArn, connection),
    record: () => findRecord(id, connection),
    logs: ({ signal, follow } = {}) => readLogs(place, { signal, follow }),
    history: () => readHistory(executionArn, connection),
    outcome,
    result: async (options) => (await outcome(options)).value,
    cancel: (reason) => cancelExecution(executionArn, reason, connection),
  };
}

/** @throws CodeseederError `RunNotFound` when there is neither an execution nor a record */
export async function attachRun<Value>(runId: string, connection: Connection): Promise<Run<Value>> {
  const { stateMachineArn } = await connection.deployed();
  const executionArn = executionArnOf(stateMachineArn, runId);
  const execution = await describeExecution(executionArn, connection);
  // A record outlives its execution, whose history is kept 90 days.
  if (execution === undefined && (await findRecord(runId, connection)) === undefined) {
    throw runNotFound(runId, connection);
  }
  return createRun<Value>(runId, executionArn, connection);
}

export function runNotFound(runId: string, connection: Connection): CodeseederError {
  return new CodeseederError(
    'RunNotFound',
    `The seedkit ${connection.seedkit} has no run ${JSON.stringify(runId)}. Check the id, the seedkit, the account and the region.`,
  );
}

async function statusOf(id: string, executionArn: string, connection: Connection): Promise<RunStatus> {
  const record: RunRecord | undefined = await findRecord(id, connection);
  if (record !== undefined) return record.status;
  const execution = await describeExecution(executionArn, connection);
  if (execution === undefined) throw runNotFound(id, connection);
  // Its record is about to be written, by the state machine or by reconcile-run.
  return execution.status === 'RUNNING' ? 'QUEUED' : 'FAILED';
}

async function cancelExecution(
  executionArn: string,
  reason: string | undefined,
  connection: Connection,
): Promise<void> {
  const { StopExecutionCommand } = await import('@aws-sdk/client-sfn');
  const states = await connection.clients.states();
  const said = `Canceled by ${userName()}@${hostname()}${reason === undefined ? '' : `: ${reason}`}`;
  const cause = boundedText(said, FAILURE_MESSAGE_MAX_CHARACTERS);
  await states.send(new StopExecutionCommand({ executionArn, error: 'RunCanceled', cause }));
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // A container may run under an id that has no name.
    return `user ${process.getuid?.() ?? 'unknown'}`;
  }
}
