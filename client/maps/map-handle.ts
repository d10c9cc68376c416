import { executionArnOf, type MapDescription } from '../../lib/contract/index.js';
import type { Connection } from '../connection/connection.js';
import { executionConsoleUrl } from '../console-url.js';
import type { MapProgress, MapWaitOptions, RemoteMap } from '../map-types.js';
import { cancelMap } from './cancel-map.js';
import { findMap, mapMachineOf } from './map-machine.js';
import { mapResults } from './map-results.js';
import { MapState } from './map-state.js';

/**
 * Returns a handle on a map whose execution exists.
 * @param defaults options of calls that wait. The options of a call take precedence.
 */
export function createMap<Value>(
  description: MapDescription,
  connection: Connection,
  mapMachineArn: string,
  defaults: MapWaitOptions = {},
): RemoteMap<Value> {
  const { mapId: id, total } = description;
  const executionArn = executionArnOf(mapMachineArn, id);
  const open = () => new MapState(description, connection);
  const looking =
    (state: MapState, { signal, onMapProgress }: MapWaitOptions) =>
    async () => {
      await state.next(signal);
      onMapProgress?.(state.progress());
    };
  const results: RemoteMap<Value>['results'] = (options) => {
    const { order = 'input', ...waiting } = { ...defaults, ...options };
    const state = open();
    return mapResults<Value>(state, connection, order, looking(state, waiting));
  };
  const progress = async (): Promise<MapProgress> => {
    const state = open();
    await state.read();
    return state.progress();
  };
  return {
    id,
    executionArn,
    consoleUrl: executionConsoleUrl(executionArn),
    total,
    async record() {
      const state = open();
      await state.read();
      return state.record && { ...state.record, status: state.status };
    },
    progress,
    results,
    [Symbol.asyncIterator]: () => results()[Symbol.asyncIterator](),
    async wait(options) {
      const state = open();
      const waiting = { ...defaults, ...options };
      const look = looking(state, waiting);
      await state.read();
      while (!state.isOver) await look();
      const last = state.progress();
      waiting.onMapProgress?.(last);
      return last;
    },
    async cancel(reason, { signal } = {}) {
      const state = open();
      await cancelMap(state, connection, { reason, signal }, looking(state, { signal }));
      await state.read();
      return state.progress();
    },
  };
}

/** Returns a handle on an existing map. @throws CodeseederError `MapNotFound` */
export async function attachMap<Value>(mapId: string, connection: Connection): Promise<RemoteMap<Value>> {
  const { description } = await findMap(mapId, connection);
  const { mapMachineArn } = await mapMachineOf(connection);
  return createMap<Value>(description, connection, mapMachineArn);
}
