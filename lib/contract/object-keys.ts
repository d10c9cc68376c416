/** Where things lie in the seedkit's bucket. */
export const BUNDLES_PREFIX = 'bundles/';
export const RUNS_PREFIX = 'runs/';
/** Requests put here start runs, and the invocations that they name by `inputKey` may lie beside them. */
export const INBOX_PREFIX = 'inbox/';
/** Where the Python client of aws-codeseeder puts bundles; it leaves those of failed builds there. */
export const AWS_CODESEEDER_PREFIX = 'codeseeder/';
/** What a request in the inbox is told by: an object with another name starts nothing. */
export const INBOX_REQUEST_SUFFIX = '.request.json';
export const INVOCATION_FILE = 'invocation.json';
/** The program that logs a build in to registries, mirrors and CodeArtifact, by what runs it. */
export const REGISTRY_LOGINS_FILES = { node: 'registry-logins.mjs', python: 'registry-logins.pyz' } as const;
/** The program that checks a bundle's layers in a build and puts them into place. */
export const PLACE_LAYERS_FILE = 'place-layers.sh';
export const RESULT_FILE = 'result.json';

/** Whether an object put under this key asks for a run: `inbox/<any name>.request.json`. */
export function isInboxRequest(key: string): boolean {
  return key.startsWith(INBOX_PREFIX) && key.endsWith(INBOX_REQUEST_SUFFIX);
}

/** A layer is named by its content: the same code has the same key on every machine. */
export function layerKey(digest: string): string {
  return `${BUNDLES_PREFIX}${digest}.zip`;
}

/** Where a zip is stored that was not packed by this client. */
export function prebuiltLayerKey(sha256: string): string {
  return `${BUNDLES_PREFIX}prebuilt/${sha256}.zip`;
}

/** Where the list of a bundle's layers is stored. */
export function layerListKey(bundleDigest: string): string {
  return `${BUNDLES_PREFIX}${bundleDigest}.json`;
}

/** Folder of a run's input, ending in `/` as a CodeBuild S3 source needs. */
export function inputPrefix(runId: string): string {
  return `${RUNS_PREFIX}${runId}/input/`;
}

export function invocationKey(runId: string): string {
  return `${inputPrefix(runId)}${INVOCATION_FILE}`;
}

/** Where `prepare-run` puts {@link REGISTRY_LOGINS_FILES} beside a run's invocation. */
export function registryLoginsKeys(runId: string): Record<keyof typeof REGISTRY_LOGINS_FILES, string> {
  const { node, python } = REGISTRY_LOGINS_FILES;
  return { node: `${inputPrefix(runId)}${node}`, python: `${inputPrefix(runId)}${python}` };
}

/** Where `prepare-run` puts {@link PLACE_LAYERS_FILE} beside a run's invocation. */
export function placeLayersKey(runId: string): string {
  return `${inputPrefix(runId)}${PLACE_LAYERS_FILE}`;
}

/** `path` and `name` of the S3 artifact that CodeBuild writes a run's output to. */
export function outputArtifact(runId: string): { path: string; name: string } {
  return { path: `${RUNS_PREFIX}${runId}`, name: 'output' };
}

/** Folder of a run's output, ending in `/`. */
export function outputPrefix(runId: string): string {
  return `${RUNS_PREFIX}${runId}/output/`;
}

export function resultKey(runId: string): string {
  return `${outputPrefix(runId)}${RESULT_FILE}`;
}
