import { CodeseederError } from '../../lib/contract/index.js';
import type { Connection } from '../connection/connection.js';
import type { MapAgainOptions, RemoteMap } from '../map-types.js';
import { newRunId } from '../submit/new-run-id.js';
import { writeInputFile } from './input-file.js';
import { findMap } from './map-machine.js';
import { endedState, storedInputs, unsuccessfulInputs } from './stored-inputs.js';
import { describe, newSealKey, startMap } from './submit-map.js';

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
  const left = await unsuccessfulInputs(await endedState(before, connection), connection);
  if (left.size === 0) {
    const message = `Every run of the map ${againOf} succeeded, so there is nothing to run again.`;
    throw new CodeseederError('InvalidRequest', message);
  }
  const mapId = newRunId();
  const sealKey = newSealKey();
  const sealing = { mapId: againOf, sealKey: request.sealKey };
  const isLeft = (index: number) => left.has(index);
  const inputs = storedInputs(isLeft, sealing, connection, options.signal);
  const file = await writeInputFile(inputs, { mapId, sealKey }, options.signal);
  try {
    const { concurrency = before.concurrency, onError = before.onError, name = before.name } = options;
    const description = describe({ ...before, mapId, concurrency, onError, name, againOf }, file);
    return await startMap<Value>({ description, file, sealKey }, connection, options);
  } finally {
    await file.dispose();
  }
}
