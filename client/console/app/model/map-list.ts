/** Merges changes into a list of maps. */
import type { MapRecord } from '../../../../lib/contract/index.js';

/** Maximum number of maps whose records one request reads. */
const ASKED_MAX = 50;

export function isRunning({ status }: Pick<MapRecord, 'status'>): boolean {
  return status === 'RUNNING';
}

/** Returns the list with changed and added records, newest first. */
export function mergedMaps(maps: readonly MapRecord[], changes: readonly MapRecord[]): MapRecord[] {
  const byId = new Map([...maps, ...changes].map((map) => [map.mapId, map]));
  const positionOf = ({ queuedAt, mapId }: MapRecord) => `${queuedAt}#${mapId}`;
  return [...byId.values()].sort((a, b) => (positionOf(a) < positionOf(b) ? 1 : -1));
}

/** Returns the ids of the maps whose records may change. */
export function mapIdsToAsk(maps: readonly MapRecord[]): string[] {
  return maps
    .filter(isRunning)
    .slice(0, ASKED_MAX)
    .map(({ mapId }) => mapId);
}
