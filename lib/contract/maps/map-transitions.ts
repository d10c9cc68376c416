/** Every change of a map's record after it was created, as one conditional DynamoDB UpdateItem. */
import type { FacetEntry } from '../facets.js';
import type { RunTransition } from '../run-transition.js';
import type { MapRecord, MapStatus } from './map-record.js';

/**
 * Partition of the index `byFacet` that lists the maps whose end is not announced yet. No facet has this name, because
 * those of runs contain `#`.
 */
export const OPEN_MAPS = 'open-maps';

/** Returns the entry of a map in the index, which {@link transitionToMapAnnounced} removes. */
export function openMapEntry({ queuedAt, mapId }: Pick<MapRecord, 'queuedAt' | 'mapId'>): FacetEntry {
  return { facet: OPEN_MAPS, position: `${queuedAt}#${mapId}` };
}

/** Returns the id of the map at a position of the index. */
export function mapIdAt(position: string): string {
  return position.slice(position.indexOf('#') + 1);
}

/** The attributes that the end of a map sets. */
export type MapEnd = Required<Pick<MapRecord, 'succeeded' | 'failed' | 'finishedAt'>> & {
  readonly status: Exclude<MapStatus, 'RUNNING'>;
};

/** Ends a map that is running. */
export function transitionToMapEnd(end: MapEnd): RunTransition {
  const entries = Object.entries(end);
  const running: MapStatus = 'RUNNING';
  return {
    UpdateExpression: `SET ${entries.map(([name]) => `#${name} = :${name}`).join(', ')}`,
    ConditionExpression: '#status = :running',
    ExpressionAttributeNames: Object.fromEntries(entries.map(([name]) => [`#${name}`, name])),
    values: {
      ...Object.fromEntries(entries.map(([name, value]) => [`:${name}`, value])),
      ':running': running,
    },
  };
}

/** Sets the time at which the end of a map was announced. */
export function transitionToMapAnnounced(announcedAt: string): RunTransition {
  const names = ['status', 'announcedAt', 'facet', 'position'];
  const running: MapStatus = 'RUNNING';
  return {
    UpdateExpression: 'SET #announcedAt = :announcedAt REMOVE #facet, #position',
    ConditionExpression: 'attribute_exists(#status) AND #status <> :running',
    ExpressionAttributeNames: Object.fromEntries(names.map((name) => [`#${name}`, name])),
    values: { ':announcedAt': announcedAt, ':running': running },
  };
}
