import { hostname } from 'node:os';

import { boundedText, executionArnOf, mapCancelKey, runIdOfInput } from '../../lib/contract/index.js';
import { abortable } from '../connection/abortable.js';
import type { Connection } from '../connection/connection.js';
import { filesOf } from '../connection/seedkit-resources.js';
import { cancelRun, userName } from '../run/cancel-run.js';
import { mapMachineOf } from './map-machine.js';
import type { MapState } from './map-state.js';

/** Maximum number of runs that are stopped at the same time. */
const AT_ONCE = 10;
/**
 * How long a canceled map may continue without a run in progress before its execution is stopped. Normally its state
 * machine ends within seconds.
 */
const IDLE_MS = 5 * 60_000;
const REASON_MAX_CHARACTERS = 1_000;

/**
 * Cancels a map. First, an object in the bucket prevents further runs from starting. Then each run in progress is
 * stopped, so that its build ends and its end is recorded. The map's execution then ends by itself.
 * @param look waits and reads the state again
 */
export async function cancelMap(
  state: MapState,
  connection: Connection,
  { reason, signal }: { readonly reason: string | undefined; readonly signal: AbortSignal | undefined },
  look: () => Promise<void>,
): Promise<void> {
  const { mapId } = state.description;
  await state.read();
  if (state.isOver) return;
  const why = reason === undefined ? '' : `: ${reason}`;
  const content = Buffer.from(
    boundedText(`Canceled by ${userName()}@${hostname()}${why}.`, REASON_MAX_CHARACTERS),
  );
  const { putOnce } = await import('../../lib/s3-objects.js');
  const note = { key: mapCancelKey(mapId), content, contentType: 'text/plain; charset=utf-8' };
  // An earlier, interrupted call may have stored the object with another reason. It is then kept.
  await putOnce(note, await filesOf(connection), abortable(signal));
  const { stateMachineArn } = await connection.deployed();
  let busyAtMs = Date.now();
  while (!state.isOver) {
    await state.read();
    const running = state.running();
    if (running.length > 0) busyAtMs = Date.now();
    for (let start = 0; start < running.length; start += AT_ONCE) {
      signal?.throwIfAborted();
      const stopping = running.slice(start, start + AT_ONCE).map((index) => {
        const executionArn = executionArnOf(stateMachineArn, runIdOfInput(mapId, index));
        return cancelRun(executionArn, connection, reason ?? `map ${mapId}`).catch(unlessMissing);
      });
      await Promise.all(stopping);
    }
    if (Date.now() - busyAtMs > IDLE_MS) await stopExecution(mapId, connection);
    if (!state.isOver) await look();
  }
}

/**
 * Ignores that a run, which the map has counted as started, has no execution yet. The run is stopped after the next
 * read.
 */
function unlessMissing(error: unknown): void {
  if (!(error instanceof Error && error.name === 'ExecutionDoesNotExist')) throw error;
}

async function stopExecution(mapId: string, connection: Connection): Promise<void> {
  const { mapMachineArn } = await mapMachineOf(connection);
  await cancelRun(executionArnOf(mapMachineArn, mapId), connection, undefined);
}
