import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

import {
  checkSeal,
  CodeseederError,
  isRunOfMap,
  isTerminal,
  mapInputsKey,
  parseJson,
  parseMapInput,
  runIdOfInput,
  type Sealing,
} from '../../lib/contract/index.js';
import { abortable } from '../connection/abortable.js';
import type { Connection } from '../connection/connection.js';
import { filesOf, tableOf } from '../connection/seedkit-resources.js';
import type { MapAgainOptions, RemoteMap } from '../map-types.js';
import { findRecords } from '../run/run-records.js';
import { newRunId } from '../submit/new-run-id.js';
import { type IndexedInput, writeInputFile } from './input-file.js';
import { findMap } from './map-machine.js';
import { indexesOf, MapState } from './map-state.js';
import { describe, newSealKey, startMap } from './submit-map.js';

const RECORDS_PER_READ = 100;

/**
 * Starts a map over the inputs of a map that has ended whose runs did not succeed, or were not started. The inputs keep
 * their indexes.
 * @throws CodeseederError `MapNotOver`, `MapNotFound`, `InputMissing`, `InputChanged`, `InvalidRequest`
 */
export async function mapAgain<Value>(
  againOf: string,
  connection: Connection,
  options: Omit<MapAgainOptions, 'aws'>,
): Promise<RemoteMap<Value>> {
  const { request, description: before } = await findMap(againOf, connection);
  const state = new MapState(before, connection);
  await state.read();
  if (!state.isOver) {
    const message = `The map ${againOf} has not ended. Wait for its end, or cancel it first.`;
    throw new CodeseederError('MapNotOver', message);
  }
  const left = await unsuccessful(state, connection);
  if (left.size === 0) {
    const message = `Every run of the map ${againOf} succeeded, so there is nothing to run again.`;
    throw new CodeseederError('InvalidRequest', message);
  }
  const mapId = newRunId();
  const sealKey = newSealKey();
  const inputs = storedInputs(left, { mapId: againOf, sealKey: request.sealKey }, connection, options.signal);
  const file = await writeInputFile(inputs, { mapId, sealKey }, options.signal);
  try {
    const { concurrency = before.concurrency, onError = before.onError, name = before.name } = options;
    const description = describe({ ...before, mapId, concurrency, onError, name, againOf }, file);
    return await startMap<Value>({ description, file, sealKey }, connection, options);
  } finally {
    await file.dispose();
  }
}

/**
 * Returns the indexes of the inputs whose runs did not succeed. If the map did not count the end of a run, the run's
 * record decides.
 */
async function unsuccessful(state: MapState, connection: Connection): Promise<ReadonlySet<number>> {
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
async function* storedInputs(
  indexes: ReadonlySet<number>,
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
  for await (const line of createInterface({ input: Body as Readable, crlfDelay: Infinity })) {
    if (line === '') continue;
    const input = parseMapInput(parseJson(line, `line of s3://${bucket}/${Key}`));
    if (!indexes.has(input.index)) continue;
    checkSeal(input, sealing);
    yield input;
  }
}
