import { hostname } from 'node:os';

import { boundedText, executionArnOf, mapCancelKey, runIdOfInput } from '../../lib/contract/index.js';
import { abortable } from '../connection/abortable.js';
import type { Connection } from '../connection/connection.js';
import { filesOf } from '../connection/seedkit-resources.js';
import { cancelRun, userName } from '../run/cancel-run.js';
import { mapMachineOf } from './map-machine.js';
import type { MapState } from './map-state.js';

/** Runs that are stopped at the same time. */
const AT_ONCE = 10;
/** How long a map may go on without a run after it was canceled. Its state machine ends it within seconds. */
const IDLE_MS = 5 * 60_000;
const REASON_MAX_CHARACTERS = 1_000;

/**
 * Cancels a map. First a note in the bucket keeps further runs from starting, then the runs that go on are stopped one by
 * one, so that their builds end and their ends are recorded. The map's execution then ends by itself.
 * @param look reads the state again
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
  // A former call may have left a note with another reason, and may have been interrupted.
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

/** A run that was counted as started may not have an execution yet. It is stopped at the next look. */
function unlessMissing(error: unknown): void {
  if (!(error instanceof Error && error.name === 'ExecutionDoesNotExist')) throw error;
}

async function stopExecution(mapId: string, connection: Connection): Promise<void> {
  const { mapMachineArn } = await mapMachineOf(connection);
  await cancelRun(executionArnOf(mapMachineArn, mapId), connection, undefined);
}
