/** Prefix of the layers of bundles in the seedkit's bucket. */
export const BUNDLES_PREFIX = 'bundles/';
/** Prefix of the inputs of runs. */
export const RUNS_PREFIX = 'runs/';
/** Prefix of the outputs of builds. A policy limits each build to the subfolder that its ARN names. */
export const OUTPUTS_PREFIX = 'outputs/';
/** Prefix of requests that start runs when they are uploaded, and of the invocations that they name by `inputKey`. */
export const INBOX_PREFIX = 'inbox/';
/**
 * Prefix of the bundles that the Python client of aws-codeseeder uploads. It does not delete a bundle after a failed
 * build.
 */
export const AWS_CODESEEDER_PREFIX = 'codeseeder/';
/** Prefix of the caches of builds, which only builds read and write. */
export const CACHE_PREFIX = 'cache/';
/** Suffix of a request in the inbox. An object with another name starts no run. */
export const INBOX_REQUEST_SUFFIX = '.request.json';
/** File name of a run's invocation. */
export const INVOCATION_FILE = 'invocation.json';
/**
 * File names of the program that logs a build in to registries, mirrors and CodeArtifact, by the language it runs in.
 */
export const REGISTRY_LOGINS_FILES = { node: 'registry-logins.mjs', python: 'registry-logins.pyz' } as const;
/** File name of the program that checks a bundle's layers in a build and moves them to their folders. */
export const PLACE_LAYERS_FILE = 'place-layers.sh';
/** File name of the program that restores and saves the cache of a build. */
export const CACHE_FILE = 'cache.sh';
/** File name of a run's result. */
export const RESULT_FILE = 'result.json';

/** Returns whether an object with this key requests a run: `inbox/<any name>.request.json`. */
export function isInboxRequest(key: string): boolean {
  return key.startsWith(INBOX_PREFIX) && key.endsWith(INBOX_REQUEST_SUFFIX);
}

/** Returns the key of a layer. It depends on the content: the same code has the same key on every machine. */
export function layerKey(digest: string): string {
  return `${BUNDLES_PREFIX}${digest}.zip`;
}

/**
 * Returns the keys under which a layer may be stored: its own key and those of two copies. Objects are never
 * overwritten and expire by age, so `prepare-run` renews a layer by a copy under the next free key. A copy is made at
 * half of the expiration age, so that the first object has expired and its key is free again when a fourth one would be
 * needed.
 */
export function keysOfLayer(key: string): [own: string, first: string, second: string] {
  const name = key.slice(0, -'.zip'.length);
  return [key, `${name}.1.zip`, `${name}.2.zip`];
}

/** Returns the key of a prebuilt zip, which codeseeder did not pack. */
export function prebuiltLayerKey(sha256: string): string {
  return `${BUNDLES_PREFIX}prebuilt/${sha256}.zip`;
}

/** Returns the key of the list of a bundle's layers. */
export function layerListKey(bundleDigest: string): string {
  return `${BUNDLES_PREFIX}${bundleDigest}.json`;
}

/** Returns the prefix of a run's input. It ends with `/`, as S3 sources of CodeBuild require. */
export function inputPrefix(runId: string): string {
  return `${RUNS_PREFIX}${runId}/input/`;
}

/** Returns the key of the object in which `start-run`, `start-target` or `drive-map` notes the request of a run. */
export function triggerKey(runId: string): string {
  return `${RUNS_PREFIX}${runId}/trigger.json`;
}

/** Returns the IAM pattern of the keys of all runs' inputs. */
export function inputsPattern(): string {
  return `${inputPrefix('*')}*`;
}

/** Returns the key of a run's invocation. */
export function invocationKey(runId: string): string {
  return `${inputPrefix(runId)}${INVOCATION_FILE}`;
}

/** Returns the key of a file beside a run's invocation. */
export function inputFileKey(runId: string, file: string): string {
  return `${inputPrefix(runId)}${file}`;
}

/** Returns the keys at which `prepare-run` stores {@link REGISTRY_LOGINS_FILES} for a run. */
export function registryLoginsKeys(runId: string): Record<keyof typeof REGISTRY_LOGINS_FILES, string> {
  const { node, python } = REGISTRY_LOGINS_FILES;
  return { node: `${inputPrefix(runId)}${node}`, python: `${inputPrefix(runId)}${python}` };
}

/** Returns the key at which `prepare-run` stores {@link PLACE_LAYERS_FILE} for a run. */
export function placeLayersKey(runId: string): string {
  return `${inputPrefix(runId)}${PLACE_LAYERS_FILE}`;
}

/** Returns the key at which `prepare-run` stores {@link CACHE_FILE} for a run. */
export function cacheProgramKey(runId: string): string {
  return `${inputPrefix(runId)}${CACHE_FILE}`;
}

/** Returns the prefix of the output of a build. It ends with `/`. */
export function outputPrefix(buildArn: string): string {
  return `${OUTPUTS_PREFIX}${buildArn}/`;
}

/**
 * Returns the key of the result in an output.
 * @param outputKey prefix of the output, as in the run's record
 */
export function resultKey(outputKey: string): string {
  return `${outputKey}${RESULT_FILE}`;
}
