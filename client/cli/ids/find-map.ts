import type { MapRecord } from '../../../lib/contract/index.js';
import type { RemoteMap } from '../../map-types.js';
import type { Seedkit } from '../../seedkit-types.js';
import { type Finding, findNamed, findNamedId, type Named, SEARCHED_MAX, type Tell } from './find-named.js';

/**
 * Returns a handle on the map that a text names: by its id, by the start of its id, or as `latest`.
 * @throws UsageError if the text is the start of several ids
 * @throws CodeseederError `MapNotFound`
 */
export async function findMap(text: string, kit: Seedkit, tell: Tell): Promise<RemoteMap> {
  return findNamed(text, mapsOf(kit), tell);
}

/** Returns the id of the map that a text names, as {@link findMap}. A whole id is not looked up. */
export async function findMapId(text: string, kit: Seedkit, tell: Tell): Promise<string> {
  return findNamedId(text, mapsOf(kit), tell);
}

/** Returns the maps whose ids begin with a text, the newest first. */
export async function namedMaps(text: string, kit: Seedkit): Promise<readonly Named[]> {
  const records = await kit.maps.list({ limit: SEARCHED_MAX });
  return records.filter(({ mapId }) => mapId.startsWith(text)).map(namedMap);
}

function mapsOf(kit: Seedkit): Finding<RemoteMap> {
  return {
    noun: 'map',
    missing: 'MapNotFound',
    attach: async (id) => kit.maps.attach(id),
    newest: async () => (await kit.maps.list({ limit: 1 })).map(namedMap)[0],
    startingWith: async (text) => namedMaps(text, kit),
  };
}

function namedMap({ mapId, status, queuedAt, name, target }: MapRecord): Named {
  return { id: mapId, known: { status, queuedAt, target: name ?? target } };
}
