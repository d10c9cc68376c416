/** Reads the inputs of maps from the bucket, and finds those that a map has no value for. */
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

import {
  checkSeal,
  CodeseederError,
  type Invocation,
  isRunOfMap,
  isTerminal,
  type MapDescription,
  mapInputsKey,
  parseJson,
  parseMapInput,
  runIdOfInput,
  type Sealing,
} from '../../lib/contract/index.js';
import { abortable } from '../connection/abortable.js';
import type { Connection } from '../connection/connection.js';
import { filesOf, tableOf } from '../connection/seedkit-resources.js';
import { findRecords } from '../run/run-records.js';
import type { IndexedInput } from './input-file.js';
import { findMap } from './map-machine.js';
import { indexesOf, MapState } from './map-state.js';

const RECORDS_PER_READ = 100;

/** An input of a map, as it was given to the map. */
export interface GivenInput {
  readonly index: number;
  readonly input: unknown;
}

/**
 * Reads inputs of a map, in input order.
 * @param wanted indexes of the inputs, or `unsuccessful` for those whose runs did not succeed or were not started
 * @throws CodeseederError `MapNotFound`, `InputMissing`, `InputChanged`; for `unsuccessful` also `MapNotOver`
 */
export async function* readMapInputs(
  mapId: string,
  wanted: ReadonlySet<number> | 'all' | 'unsuccessful',
  connection: Connection,
  signal?: AbortSignal,
): AsyncGenerator<GivenInput> {
  const { request, description } = await findMap(mapId, connection);
  const indexes =
    wanted === 'unsuccessful'
      ? await unsuccessfulInputs(await endedState(description, connection), connection)
      : wanted;
  let left = indexes === 'all' ? description.total : indexes.size;
  if (left === 0) return;
  const isWanted = (index: number) => indexes === 'all' || indexes.has(index);
  const sealing = { mapId, sealKey: request.sealKey };
  for await (const { index, args } of storedInputs(isWanted, sealing, connection, signal)) {
    const given = parseJson(args, `input ${index} of the map ${mapId}`);
    yield { index, input: givenInput(given, description.invocation.kind) };
    left -= 1;
    if (left === 0) return;
  }
}

/** Returns the state of a map that has ended. @throws CodeseederError `MapNotOver` */
export async function endedState(description: MapDescription, connection: Connection): Promise<MapState> {
  const state = new MapState(description, connection);
  await state.read();
  if (state.isOver) return state;
  const message = `The map ${description.mapId} has not ended. Wait for its end, or cancel it first.`;
  throw new CodeseederError('MapNotOver', message);
}

/** Returns an input as it was given: a value that is no array, unless it is stored as one of several arguments. */
function givenInput(args: unknown, kind: Invocation['kind']): unknown {
  if (!Array.isArray(args) || args.length !== 1) return args;
  const [only] = args as readonly unknown[];
  return kind === 'commands' || !Array.isArray(only) ? only : args;
}

/**
 * Returns the indexes of the inputs whose runs did not succeed. If the map did not count the end of a run, the run's
 * record decides.
 */
export async function unsuccessfulInputs(
  state: MapState,
  connection: Connection,
): Promise<ReadonlySet<number>> {
  const left = new Set(
    [...indexesOf(state.description)].filter((index) => !state.of(index).succeeded.has(index)),
  );
  const uncounted = [...left].filter((index) => !state.hasEnded(index));
  const { mapId } = state.description;
  const table = await tableOf(connection);
  for (let start = 0; start < uncounted.length; start += RECORDS_PER_READ) {
    const indexes = uncounted.slice(start, start + RECORDS_PER_READ);
    const { records, unread } = await findRecords(
      indexes.map((index) => runIdOfInput(mapId, index)),
      table,
    );
    for (const index of indexes) {
      const runId = runIdOfInput(mapId, index);
      const record = records.get(runId);
      const status = record && isRunOfMap(record, mapId) ? record.status : undefined;
      if (status === 'SUCCEEDED') left.delete(index);
      else if (unread.has(runId) || (status !== undefined && !isTerminal(status))) {
        const message = `The run ${runId} of the map ${mapId} has not ended, although the map has ended. Wait for its end, or cancel it first.`;
        throw new CodeseederError('MapNotOver', message);
      }
    }
  }
  return left;
}

/** Reads inputs of a map from the bucket. @throws CodeseederError `InputMissing`, `InputChanged` */
export async function* storedInputs(
  isWanted: (index: number) => boolean,
  sealing: Sealing,
  connection: Connection,
  signal: AbortSignal | undefined,
): AsyncGenerator<IndexedInput> {
  const { s3, bucket } = await filesOf(connection);
  const { GetObjectCommand } = await import('@aws-sdk/client-s3');
  const Key = mapInputsKey(sealing.mapId);
  const { Body } = await s3
    .send(new GetObjectCommand({ Bucket: bucket, Key }), abortable(signal))
    .catch((cause: unknown) => {
      if (!(cause instanceof Error && cause.name === 'NoSuchKey')) throw cause;
      const message = `The inputs s3://${bucket}/${Key} of the map ${sealing.mapId} are no longer in the bucket: the files of maps expire. Start the map from its source.`;
      throw new CodeseederError('InputMissing', message, { cause });
    });
  const content = Body as Readable;
  try {
    for await (const line of createInterface({ input: content, crlfDelay: Infinity })) {
      if (line === '') continue;
      const input = parseMapInput(parseJson(line, `line of s3://${bucket}/${Key}`));
      if (!isWanted(input.index)) continue;
      checkSeal(input, sealing);
      yield input;
    }
  } finally {
    // A caller that needs no further inputs must not keep the connection open.
    content.destroy();
  }
}
