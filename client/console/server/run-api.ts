import { z } from 'zod';

import {
  CodeseederError,
  executionArnOf,
  invocationArguments,
  parseRunRequest,
  parseWith,
  refuseRoundedIntegers,
  requestOf,
  runIdSchema,
} from '../../../lib/contract/index.js';
import type { Connection } from '../../connection/connection.js';
import { filesOf } from '../../connection/seedkit-resources.js';
import { cancelRun } from '../../run/cancel-run.js';
import { readValue } from '../../run/read-value.js';
import { executionOf, type KnownRun } from '../../run/run-end.js';
import { attachRun, refuseUnknown } from '../../run/run-handle.js';
import { findRecord } from '../../run/run-records.js';
import { runAgain } from '../../again/run-again.js';
import type { DefinitionView, RequestView, StartedRun, ValueView } from '../api.js';
import { readDefinition } from './read-execution.js';

/** Greatest number of characters of a value or an invocation that a page shows. */
const SHOWN_CHARACTERS = 200_000;

/** Greatest size of a request with arguments. */
export const ARGUMENTS_MAX_BYTES = 1_024 * 1_024;

const againSchema = z.strictObject({
  args: invocationArguments.args.optional(),
  kwargs: invocationArguments.kwargs.optional(),
});

const cancelSchema = z.strictObject({ reason: z.string().max(1_000).optional() });

/**
 * Returns a run of the seedkit, which need not exist.
 * @throws CodeseederError `InvalidRequest` for an id that no run can have
 */
export async function knownRun(runId: string, connection: Connection): Promise<KnownRun> {
  const id = parseWith(runIdSchema, runId, 'run id');
  const { stateMachineArn } = await connection.deployed();
  return { id, executionArn: executionArnOf(stateMachineArn, id), connection };
}

/** Reads request and invocation of a run. */
export async function requestView(run: KnownRun): Promise<RequestView> {
  const execution = await executionOf(run);
  if (execution.status === 'MISSING') {
    throw new CodeseederError(
      'RunNotFound',
      `The run ${run.id} has no execution, which has its request. Step Functions keeps an execution for 90 days.`,
    );
  }
  const request = requestOf(execution);
  const text = JSON.stringify(request, undefined, 2);
  try {
    const { input } = parseRunRequest(request);
    const { readInvocation } = await import('../../../lib/run-store/files.js');
    const { content } = await readInvocation(input, await filesOf(run.connection));
    return { request: text, invocation: shownText(Buffer.from(content).toString('utf8')) };
  } catch (error) {
    if (!(error instanceof CodeseederError)) throw error;
    return { request: text, invocationProblem: `${error.code}: ${error.message}` };
  }
}

/** Reads the definition of the run's state machine. A right to read it came with a later version of the seedkit. */
export async function definitionView({ executionArn, connection }: KnownRun): Promise<DefinitionView> {
  try {
    return { definition: await readDefinition(executionArn, connection) };
  } catch (error) {
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    return { problem: `${name}: ${message}` };
  }
}

/** Reads the value of a run that succeeded. */
export async function valueView({ id, connection }: KnownRun): Promise<ValueView> {
  const record = await findRecord(id, connection);
  if (record === undefined) refuseUnknown(id, connection);
  if (record.status !== 'SUCCEEDED')
    throw new CodeseederError('InvalidRequest', `The run ${id} is ${record.status} and has no value.`);
  const value = JSON.stringify(await readValue(record, '', connection), undefined, 2);
  return { value: shownText(value), characters: value.length };
}

/** Stops a run. @throws CodeseederError `RunNotFound` */
export async function cancel(run: KnownRun, body: unknown): Promise<Record<string, never>> {
  const { reason } = parseWith(cancelSchema, body, 'cancellation');
  await attachRun(run.id, run.connection);
  await cancelRun(run.executionArn, run.connection, reason);
  return {};
}

/** Repeats a run that has ended, with the same arguments or others. */
export async function again({ id, connection }: KnownRun, body: unknown): Promise<StartedRun> {
  const { args, kwargs } = parseWith(againSchema, body, 'arguments');
  // The page and this server have parsed the JSON, which rounds large integers.
  refuseRoundedIntegers(args, 'args');
  refuseRoundedIntegers(kwargs, 'kwargs');
  const { id: runId } = await runAgain(id, connection, { args, kwargs });
  return { runId };
}

function shownText(text: string): string {
  return text.slice(0, SHOWN_CHARACTERS);
}
