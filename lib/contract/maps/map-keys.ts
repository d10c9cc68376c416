/** Prefix of the files of maps in the seedkit's bucket. */
export const MAPS_PREFIX = 'maps/';

/** Returns the key of the {@link MapDescription} of a map. */
export function mapDescriptionKey(mapId: string): string {
  return `${MAPS_PREFIX}${mapId}/map.json`;
}

/** Returns the key of the inputs of a map, one JSON value per line. */
export function mapInputsKey(mapId: string): string {
  return `${MAPS_PREFIX}${mapId}/inputs.jsonl`;
}

/** Returns the key of the object whose existence cancels a map. It contains the reason. */
export function mapCancelKey(mapId: string): string {
  return `${MAPS_PREFIX}${mapId}/cancel.json`;
}

/** Returns the keys of the objects of a map that the client creates and that must never be replaced. */
export function createdOnceKeys(mapId: string): string[] {
  return [mapDescriptionKey(mapId), mapInputsKey(mapId), mapCancelKey(mapId)];
}

/** Returns the prefix, without a slash at the end, below which Step Functions lists the child executions of a map. */
export function mapChildrenPrefix(mapId: string): string {
  return `${MAPS_PREFIX}${mapId}/children`;
}
