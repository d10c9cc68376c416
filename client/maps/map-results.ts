import {
  CodeseederError,
  executionArnOf,
  isRunOfMap,
  isTerminal,
  type RunRecord,
  runIdOfInput,
} from '../../lib/contract/index.js';
import type { Connection } from '../connection/connection.js';
import { tableOf } from '../connection/seedkit-resources.js';
import { executionConsoleUrl } from '../console-url.js';
import { RemoteError, RunFailedError } from '../errors.js';
import type { MapOrder, MapResult } from '../map-types.js';
import { errorOf } from '../run/await-outcome.js';
import { readValue } from '../run/read-value.js';
import { createRun } from '../run/run-handle.js';
import { statusOf } from '../run/run-end.js';
import { findRecords } from '../run/run-records.js';
import { indexesOf, type MapState } from './map-state.js';

/** Maximum number of results that are read at the same time and held in memory. */
const BATCH = 25;

/**
 * Yields the results of a map in the requested order, each as soon as it is known.
 * @param look waits and reads the state again
 */
export async function* mapResults<Value>(
  state: MapState,
  connection: Connection,
  order: MapOrder,
  look: () => Promise<void>,
): AsyncGenerator<MapResult<Value>> {
  await state.read();
  const batches = order === 'input' ? inInputOrder(state, look) : inOrderOfEnds(state, look);
  for await (const batch of batches) {
    for (const result of await readResults<Value>(batch, state, connection)) {
      const { onError } = state.description;
      if (onError === 'stop' && 'error' in result && result.status !== 'NOT_STARTED') throw naming(result);
      yield result;
    }
  }
  // The execution of the map ends some moments after its last run.
  while (!state.isOver) await look();
}

/** Yields the indexes of ended inputs in input order, in batches. */
async function* inInputOrder(state: MapState, look: () => Promise<void>): AsyncGenerator<number[]> {
  let batch: number[] = [];
  for (const index of indexesOf(state.description)) {
    while (!state.hasEnded(index) && !state.isOver) {
      if (batch.length > 0) {
        yield batch;
        batch = [];
      } else await look();
    }
    batch.push(index);
    if (batch.length < BATCH) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

/** Yields the indexes of inputs as their runs end. Inputs without a run follow when the map has ended. */
async function* inOrderOfEnds(state: MapState, look: () => Promise<void>): AsyncGenerator<number[]> {
  const left = new Set(indexesOf(state.description));
  while (left.size > 0) {
    const isOver = state.isOver;
    const ended = [...left].filter((index) => isOver || state.hasEnded(index));
    for (let start = 0; start < ended.length; start += BATCH) {
      const batch = ended.slice(start, start + BATCH);
      for (const index of batch) left.delete(index);
      yield batch;
    }
    if (left.size > 0) await look();
  }
}

async function readResults<Value>(
  indexes: readonly number[],
  state: MapState,
  connection: Connection,
): Promise<MapResult<Value>[]> {
  const { mapId } = state.description;
  const ids = indexes.map((index) => runIdOfInput(mapId, index));
  const { records } = await findRecords(ids, await tableOf(connection));
  return Promise.all(
    indexes.map((index) =>
      resultOf<Value>(index, records.get(runIdOfInput(mapId, index)), state, connection),
    ),
  );
}

/** Returns the result of an input. A run that has the id of the input's run, but is not the map's, has none. */
async function resultOf<Value>(
  index: number,
  found: RunRecord | undefined,
  state: MapState,
  connection: Connection,
): Promise<MapResult<Value>> {
  const { mapId } = state.description;
  const isForeign = (record: RunRecord) => !isRunOfMap(record, mapId);
  if (found === undefined || !isForeign(found)) {
    const result = await resultOfRun<Value>(index, found, state, connection);
    if (result.status === 'NOT_STARTED' || !isForeign(result.record)) return result;
  }
  const runId = runIdOfInput(mapId, index);
  const reason =
    state.of(index).reasons.get(index) ?? `another run, which the map did not start, has the id ${runId}`;
  return { index, runId, status: 'NOT_STARTED', error: notStarted(index, runId, reason) };
}

async function resultOfRun<Value>(
  index: number,
  found: RunRecord | undefined,
  state: MapState,
  connection: Connection,
): Promise<MapResult<Value>> {
  const { mapId } = state.description;
  const runId = runIdOfInput(mapId, index);
  const { stateMachineArn } = await connection.deployed();
  const executionArn = executionArnOf(stateMachineArn, runId);
  const consoleUrl = executionConsoleUrl(executionArn);
  if (found !== undefined && isTerminal(found.status)) {
    if (found.status !== 'SUCCEEDED') {
      return { index, runId, status: found.status, error: errorOf(found, consoleUrl), record: found };
    }
    return valueOf(index, found, consoleUrl, connection);
  }
  const reason = state.of(index).reasons.get(index);
  const isUnknown =
    found === undefined && (reason !== undefined || !(await exists(runId, executionArn, connection)));
  if (isUnknown) return { index, runId, status: 'NOT_STARTED', error: notStarted(index, runId, reason) };
  // The end of the run is not recorded yet, or its record has expired.
  return outcomeOf(index, createRun<Value>(runId, executionArn, connection));
}

async function exists(id: string, executionArn: string, connection: Connection): Promise<boolean> {
  return (await statusOf({ id, executionArn, connection })) !== undefined;
}

async function valueOf<Value>(
  index: number,
  record: RunRecord,
  consoleUrl: string,
  connection: Connection,
): Promise<MapResult<Value>> {
  const { runId } = record;
  try {
    const value = (await readValue(record, consoleUrl, connection)) as Value;
    return { index, runId, status: 'SUCCEEDED', value, record };
  } catch (error) {
    if (!(error instanceof RunFailedError)) throw error;
    return { index, runId, status: 'FAILED', error, record: error.record };
  }
}

async function outcomeOf<Value>(
  index: number,
  run: ReturnType<typeof createRun<Value>>,
): Promise<MapResult<Value>> {
  const runId = run.id;
  try {
    const { value, record } = await run.outcome();
    return { index, runId, status: 'SUCCEEDED', value, record };
  } catch (error) {
    if (!(error instanceof RemoteError) && !(error instanceof RunFailedError)) throw error;
    const { status } = error.record;
    const isEnd = status === 'TIMED_OUT' || status === 'CANCELED';
    return { index, runId, status: isEnd ? status : 'FAILED', error, record: error.record };
  }
}

function notStarted(index: number, runId: string, reason: string | undefined): CodeseederError {
  const why = reason === undefined ? 'the map was stopped, canceled or ended before' : reason;
  return new CodeseederError(
    'ControlPlaneError',
    `The run ${runId} of input ${index} was not started: ${why}. To run the missing inputs: codeseeder maps again`,
  );
}

/** Returns the error of a run with its input named in the message. */
function naming({ index, error }: Extract<MapResult, { error: unknown }>): Error {
  error.message = `Input ${index} failed, and no further run is started: ${error.message}`;
  return error;
}
