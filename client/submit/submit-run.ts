import {
  bundleDigest,
  type BundleReference,
  checkComputeRegion,
  checkImage,
  CodeseederError,
  definedOnly,
  findJsonFault,
  INVOCATION_MAX_BYTES,
  layerKey,
  parseRunRequest,
  pendingInput,
  registryLoginOption,
  runIdSchema,
  parseWith,
  type Invocation,
  type RunRequest,
} from '../../lib/contract/index.js';
import type { Layer } from '../bundle/layer/layer.js';
import type { BundleContents, PackedBundle } from '../bundle/pack-bundle.js';
import type { Connection } from '../connection/connection.js';
import { filesOf, machineOf } from '../connection/seedkit-resources.js';
import { createRun } from '../run/run-handle.js';
import { executionConsoleUrl } from '../console-url.js';
import type { CallOptions } from '../call-option-types.js';
import type { ProgressListener } from '../progress-types.js';
import type { Run } from '../run-types.js';
import type { MergedOptions } from './run-options.js';
import { abortable } from '../connection/abortable.js';
import { installsDigest as digestInstalls } from './installs-digest.js';
import { newRunId } from './new-run-id.js';
import { repeatedRun } from './repeated-run.js';
import type { LayerToUpload, UploadOptions } from './store-layer.js';
import { uploadBundle } from './upload-bundle.js';

/** A run to submit. */
export interface Submission {
  readonly contents: BundleContents;
  /** Returns the invocation. It may depend on the names that the bundle's modules export. */
  readonly invocation: (bundle: Pick<PackedBundle, 'exports'>) => Promise<Invocation> | Invocation;
  readonly options: MergedOptions<CallOptions>;
}

/**
 * Packs the bundle, uploads the layers that S3 does not have, and starts the run. When a layer turns out to be missing,
 * the first call that waits for the run repeats it once: see {@link repeatedRun}.
 */
export async function submitRun<Value>(submission: Submission, connection: Connection): Promise<Run<Value>> {
  const run = await submitOnce<Value>(submission, connection);
  if (submission.options.prebuiltBundle !== undefined) return run;
  return repeatedRun(run, submission.options, (retryOf, { onProgress, signal }) => {
    const { signal: _submitting, ...options } = submission.options;
    const waiting = definedOnly({ onProgress, signal });
    return submitOnce<Value>(
      {
        ...submission,
        // Reads all files again, because an outdated cache of digests may have caused the fault.
        contents: { ...submission.contents, ...waiting, verify: true },
        options: { ...options, ...waiting, runId: newRunId(), retryOf },
      },
      connection,
    );
  });
}

/**
 * Submits a run once. Uploads nothing before the seedkit is found and the options are checked. The signal does not
 * abort StartExecution, because the run might have started and continue without its caller knowing.
 */
async function submitOnce<Value>(submission: Submission, connection: Connection): Promise<Run<Value>> {
  const { options } = submission;
  const { onProgress, signal } = options;
  signal?.throwIfAborted();
  const runId = parseWith(runIdSchema, options.runId ?? newRunId(), 'run id');
  // Fails fast: checks the seedkit and the request before the work of packing.
  await connection.deployed();
  const request = parseRunRequest(await cachedRequestOf(runId, connection.seedkit, options));
  checkComputeRegion(request.build, await (await connection.clients.s3()).config.region());
  const bundle = await openBundle(submission, connection);
  try {
    const invocation = await submission.invocation(bundle);
    checkImage(request.build, invocation.kind);
    const content = Buffer.from(JSON.stringify(invocation));
    if (content.byteLength > INVOCATION_MAX_BYTES) {
      const mebibytes = INVOCATION_MAX_BYTES / 1024 ** 2;
      throw tooLarge(`have ${content.byteLength} bytes as JSON; the limit is ${mebibytes} MiB`);
    }
    signal?.throwIfAborted();
    const installsDigest = await keptInstalls(options, request.build, bundle, connection);
    const reading = { ...request, kind: invocation.kind, installsDigest };
    const stored = await storeBundle(bundle, reading, connection, { onProgress, signal });
    const { putInput } = await import('../../lib/run-store/files.js');
    const input = await putInput(runId, content, await filesOf(connection), abortable(signal));
    signal?.throwIfAborted();
    const { startExecution } = await import('../../lib/run-store/execution.js');
    const executionArn = await startExecution(
      parseRunRequest({
        ...request,
        input,
        build: installingFirst(request.build, bundle),
        bundle: stored,
        installsDigest,
      }),
      await machineOf(connection),
    );
    onProgress?.({ type: 'submitted', runId, executionArn, consoleUrl: executionConsoleUrl(executionArn) });
    await reportLeftOut(bundle, onProgress);
    return createRun<Value>(runId, executionArn, connection, options);
  } finally {
    await bundle.dispose();
  }
}

/** What decides whether a build reads its input or its bundle. */
type BuildReading = Pick<RunRequest, 'build' | 'cache' | 'installsDigest'> & Pick<Invocation, 'kind'>;

/**
 * Uploads the layers of a bundle that S3 does not have.
 * @returns the bundle in the form of a request; undefined for commands without files, whose build then reads no source
 */
export async function storeBundle(
  bundle: OpenBundle,
  run: BuildReading,
  connection: Connection,
  options: UploadOptions,
): Promise<BundleReference | undefined> {
  if (run.kind === 'commands' && bundle.isEmpty === true && !(await readsInput(run, connection))) {
    return undefined;
  }
  return { layers: await uploadBundle(bundle.layers, connection, options) };
}

/**
 * Returns whether a build of commands reads programs in its input. Without a bundle, the input would be in the folder
 * of the commands, which could delete it.
 */
async function readsInput(
  { build, cache, installsDigest }: BuildReading,
  connection: Connection,
): Promise<boolean> {
  if (cache !== undefined || installsDigest !== undefined || registryLoginOption(build) !== undefined)
    return true;
  return (await connection.deployed()).packages !== undefined;
}

/** Adds the commands that install packages in the build, before the user's own commands. */
export function installingFirst(
  build: RunRequest['build'],
  { installCommands = [] }: OpenBundle,
): RunRequest['build'] {
  if (installCommands.length === 0) return build;
  return { ...build, installCommands: [...installCommands, ...(build.installCommands ?? [])] };
}

/** Reports what the bundle left out. Errors are ignored, because the run has started. */
async function reportLeftOut(
  { leftOut }: OpenBundle,
  onProgress: ProgressListener | undefined,
): Promise<void> {
  if (onProgress === undefined) return;
  for (const left of (await leftOut?.catch(() => [])) ?? []) onProgress({ type: 'leftOut', ...left });
}

/** A bundle whose layers can be uploaded. */
export interface OpenBundle
  extends
    Pick<PackedBundle, 'exports'>,
    Partial<Pick<PackedBundle, 'isEmpty' | 'installCommands' | 'pythonInstalls' | 'leftOut'>> {
  readonly layers: readonly LayerToUpload[];
  readonly dispose: () => Promise<void>;
}

/** Packs the bundle, or opens the prebuilt one. */
export async function openBundle(
  {
    contents,
    options: { prebuiltBundle: location, onProgress, signal },
  }: Pick<Submission, 'contents' | 'options'>,
  connection: Connection,
): Promise<OpenBundle> {
  // The modules for packing are loaded on demand, because they are half of all modules and most commands pack nothing.
  if (location !== undefined) {
    const { prebuiltBundle } = await import('./prebuilt-bundle.js');
    return prebuiltBundle(location, connection, signal);
  }
  onProgress?.({ type: 'packing' });
  const { packBundle } = await import('../bundle/pack-bundle.js');
  const packed = await packBundle(contents);
  const { layers, isEmpty, exports, installCommands, pythonInstalls, leftOut } = packed;
  const described = layers.map(({ name, digest, files, sizeBytes }) => ({ name, digest, files, sizeBytes }));
  if (!isEmpty) {
    onProgress?.({
      type: 'packed',
      digest: bundleDigest(layers),
      files: described.reduce((sum, { files }) => sum + files, 0),
      sizeBytes: described.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
      layers: described,
    });
  }
  return {
    layers: layers.map((layer) => toUpload(layer)),
    isEmpty,
    exports,
    installCommands,
    pythonInstalls,
    leftOut,
    dispose: () => Promise.resolve(),
  };
}

function toUpload(layer: Layer): LayerToUpload {
  const { name, digest } = layer;
  return { name, digest, key: layerKey(digest), write: (signal) => layer.write(signal) };
}

/**
 * Checks the arguments of a call.
 * @throws CodeseederError `ArgumentsNotJson` with the path of a value that JSON cannot represent, `InvalidRequest` when
 * they are too large
 */
export function checkArguments(args: readonly unknown[]): Extract<Invocation, { kind: 'node' }>['args'] {
  requireJson(args, 'args');
  return args as Extract<Invocation, { kind: 'node' }>['args'];
}

/** Checks the keyword arguments of a call. @throws CodeseederError as {@link checkArguments} does */
export function checkKeywordArguments(
  kwargs: Readonly<Record<string, unknown>>,
): Extract<Invocation, { kind: 'python' }>['kwargs'] {
  requireJson(kwargs, 'kwargs');
  return kwargs as Extract<Invocation, { kind: 'python' }>['kwargs'];
}

function requireJson(args: unknown, root: string): void {
  const fault = findJsonFault(args, root, INVOCATION_MAX_BYTES);
  if (fault?.kind === 'tooLarge') throw tooLarge(`are larger than ${fault.problem} as JSON`);
  if (fault !== undefined) {
    throw new CodeseederError(
      'ArgumentsNotJson',
      `The arguments are not JSON: ${fault.path} ${fault.problem}.`,
    );
  }
}

/** Returns the request of a run, without its bundle and the digest of its input. */
export function requestOf(
  runId: string,
  seedkit: string,
  { build = {}, labels, name, lock, lockMode, retryOf }: Submission['options'],
): RunRequest {
  return {
    version: 1,
    runId,
    seedkit,
    input: pendingInput(runId),
    build,
    trigger: 'CLIENT',
    retryOf,
    name,
    labels: labels !== undefined && Object.keys(labels).length > 0 ? { ...labels } : undefined,
    lock,
    lockMode,
  };
}

/** Returns the request of a run with its cache. */
export async function cachedRequestOf(
  runId: string,
  seedkit: string,
  options: Submission['options'],
): Promise<RunRequest> {
  const request = requestOf(runId, seedkit, options);
  if (options.cache === undefined || options.cache === false) return request;
  const { runCache } = await import('./run-cache.js');
  return { ...request, cache: await runCache(options.cache, options) };
}

/**
 * Returns the digest under which the build caches what it installs. Undefined for a run with `cache: false`, and in a
 * seedkit with a CodeArtifact repository, where `deploy modules` may replace the content of a version.
 */
export async function keptInstalls(
  { cache, prebuiltBundle }: Submission['options'],
  build: RunRequest['build'],
  { pythonInstalls }: OpenBundle,
  connection: Connection,
): Promise<string | undefined> {
  if (cache === false || (await connection.deployed()).packages !== undefined) return undefined;
  // What is in a prebuilt bundle is not known.
  return digestInstalls(build, prebuiltBundle === undefined ? pythonInstalls : null);
}

function tooLarge(problem: string): CodeseederError {
  return new CodeseederError(
    'InvalidRequest',
    `The arguments ${problem}. Include them as files, or put them into S3 and pass their location.`,
  );
}
