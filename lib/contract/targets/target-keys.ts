/** Prefix of published targets in the seedkit's bucket. No lifecycle rule expires it. */
export const PUBLISHED_PREFIX = 'published/';
/** Prefix of the lists of versions, one for each target. */
export const TARGETS_PREFIX = `${PUBLISHED_PREFIX}targets/`;
/** Prefix of the layers of published versions. */
export const PUBLISHED_LAYERS_PREFIX = `${PUBLISHED_PREFIX}layers/`;
/** Prefix of the definitions of versions. */
export const DEFINITIONS_PREFIX = `${PUBLISHED_PREFIX}definitions/`;
/** Prefix of objects that start targets when they are uploaded. */
export const INBOX_TARGETS_PREFIX = 'inbox/targets/';

/** Returns the key of a target's versions and aliases. */
export function targetKey(name: string): string {
  return `${TARGETS_PREFIX}${name}.json`;
}

/** Returns the name of the target whose versions are stored under a key. */
export function targetNameOfKey(key: string): string {
  return key.slice(TARGETS_PREFIX.length, -'.json'.length);
}

/** Returns the prefix of the layers of one publication. It ends with `/`. */
export function publishedLayersPrefix(name: string, publication: string): string {
  return `${PUBLISHED_LAYERS_PREFIX}${name}/${publication}/`;
}

/** Returns the key at which a publication keeps its copy of a layer. @param layerKey key of the layer of the bundle */
export function publishedLayerKey(name: string, publication: string, layerKey: string): string {
  return `${publishedLayersPrefix(name, publication)}${layerKey.slice(layerKey.lastIndexOf('/') + 1)}`;
}

/** Returns the key of the definition of a publication. */
export function definitionKey(name: string, publication: string): string {
  return `${DEFINITIONS_PREFIX}${name}/${publication}.json`;
}

/** Returns the target that an object of the inbox may start; undefined for an object that may request any run. */
export function targetOfInbox(key: string): string | undefined {
  if (!key.startsWith(INBOX_TARGETS_PREFIX)) return undefined;
  return key.slice(INBOX_TARGETS_PREFIX.length).split('/')[0];
}
