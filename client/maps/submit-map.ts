import { randomBytes } from 'node:crypto';

import {
  checkComputeRegion,
  checkImage,
  CodeseederError,
  contentDigest,
  definedOnly,
  type Invocation,
  MAP_CONCURRENCY,
  mapDescriptionKey,
  mapDescriptionSchema,
  type MapDescription,
  mapInputsKey,
  type MapRequest,
  parseRunRequest,
  parseWith,
} from '../../lib/contract/index.js';
import { abortable } from '../connection/abortable.js';
import type { Connection } from '../connection/connection.js';
import { filesOf } from '../connection/seedkit-resources.js';
import type { MapOptions, RemoteMap } from '../map-types.js';
import { newRunId } from '../submit/new-run-id.js';
import { retryPut } from '../submit/retry-put.js';
import {
  cachedRequestOf,
  installingFirst,
  keptInstalls,
  openBundle,
  storeBundle,
  type Submission,
} from '../submit/submit-run.js';
import { type IndexedInput, indexedInputs, type InputFile, writeInputFile } from './input-file.js';
import { mapMachineOf } from './map-machine.js';
import { createMap } from './map-handle.js';

/** Options of a map that are not options of its runs. */
export type OwnMapOptions = Pick<MapOptions, 'concurrency' | 'onError' | 'order' | 'name' | 'onMapProgress'>;

/** A map to submit. */
export interface MapSubmission {
  readonly contents: Submission['contents'];
  readonly kind: Invocation['kind'];
  /** Returns the invocation of each run, without its positional arguments, which come from the input. */
  readonly invocation: Submission['invocation'];
  readonly options: Submission['options'];
  readonly own: OwnMapOptions;
  readonly inputs: Iterable<unknown> | AsyncIterable<unknown>;
}

/** Separates the options of a map from those of its runs. */
export function ownMapOptions<Options extends OwnMapOptions>(
  options: Options,
): { readonly own: OwnMapOptions; readonly call: Omit<Options, keyof OwnMapOptions> } {
  const { concurrency, onError, order, name, onMapProgress, ...call } = options;
  return { own: { concurrency, onError, order, name, onMapProgress }, call };
}

/**
 * Checks and stores the inputs, packs the bundle once, uploads what S3 does not have, and starts the map. Uploads
 * nothing before all inputs and options are checked.
 */
export async function submitMap<Value>(
  submission: MapSubmission,
  connection: Connection,
): Promise<RemoteMap<Value>> {
  const { options, own, kind } = submission;
  const { onProgress, signal } = options;
  signal?.throwIfAborted();
  const mapId = newRunId();
  await mapMachineOf(connection);
  const request = parseRunRequest(await cachedRequestOf(mapId, connection.seedkit, options));
  checkComputeRegion(request.build, await (await connection.clients.s3()).config.region());
  checkImage(request.build, kind);
  const draft = {
    version: 1,
    mapId,
    seedkit: connection.seedkit,
    ...limitsOf(own),
    build: request.build,
    labels: request.labels,
    lock: request.lock,
    lockMode: request.lockMode,
    cache: request.cache,
  };
  // Fails fast: checks the options before inputs are read and the bundle is packed.
  parseWith(mapDescriptionSchema, { ...draft, ...PLACEHOLDERS }, 'options of the map');
  const sealKey = newSealKey();
  const file = await writeInputFile(indexedInputs(submission.inputs, kind), { mapId, sealKey }, signal);
  try {
    const packed = await openBundle(submission, connection);
    try {
      const invocation = await submission.invocation(packed);
      const installsDigest = await keptInstalls(options, request.build, packed, connection);
      const reading = { ...request, kind, installsDigest };
      const bundle = await storeBundle(packed, reading, connection, { onProgress, signal });
      const build = installingFirst(request.build, packed);
      const description = describe(
        {
          ...draft,
          invocation,
          build,
          bundle,
          installsDigest,
        },
        file,
      );
      return await startMap<Value>({ description, file, sealKey }, connection, { ...own, signal });
    } finally {
      await packed.dispose();
    }
  } finally {
    await file.dispose();
  }
}

const PLACEHOLDERS = { invocation: { kind: 'commands', target: ['true'] }, total: 1, ranges: [[0, 0]] };

/** Returns a new key for the seals (HMACs) of inputs: 64 hexadecimal digits. */
export function newSealKey(): string {
  return randomBytes(32).toString('hex');
}

function limitsOf({ concurrency = MAP_CONCURRENCY.default, onError = 'continue', name }: OwnMapOptions) {
  return { concurrency, onError, name };
}

/** Completes and checks a description. @throws CodeseederError `InvalidRequest` */
export function describe(draft: Record<string, unknown>, { total, ranges }: InputFile): MapDescription {
  return parseWith(mapDescriptionSchema, definedOnly({ ...draft, total, ranges }), 'options of the map');
}

/** A map that is checked and ready to start. */
export interface NewMap {
  readonly description: MapDescription;
  readonly file: InputFile;
  readonly sealKey: string;
}

/** Stores inputs and description of a map, and starts its execution. */
export async function startMap<Value>(
  { description, file, sealKey }: NewMap,
  connection: Connection,
  options: OwnMapOptions & { readonly signal?: AbortSignal | undefined },
): Promise<RemoteMap<Value>> {
  const { signal } = options;
  const { mapId, seedkit } = description;
  const files = await filesOf(connection);
  await putInputs(mapId, file, connection, signal);
  const content = Buffer.from(JSON.stringify(description));
  const key = mapDescriptionKey(mapId);
  const { putOnce } = await import('../../lib/s3-objects.js');
  if (!(await putOnce({ key, content, contentType: 'application/json' }, files, abortable(signal)))) {
    throw new CodeseederError(
      'ControlPlaneError',
      `The object s3://${files.bucket}/${key} exists already. Start the map again.`,
    );
  }
  const request: MapRequest = {
    version: 1,
    mapId,
    seedkit,
    description: { key, ...contentDigest(content) },
    sealKey,
  };
  signal?.throwIfAborted();
  const { sfn, mapMachineArn: stateMachineArn } = await mapMachineOf(connection);
  const { StartExecutionCommand } = await import('@aws-sdk/client-sfn');
  // The signal does not abort this call, because the map might have started and continue without its caller knowing.
  await sfn.send(new StartExecutionCommand({ stateMachineArn, name: mapId, input: JSON.stringify(request) }));
  return createMap<Value>(description, connection, stateMachineArn, options);
}

async function putInputs(
  mapId: string,
  file: InputFile,
  connection: Connection,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { s3, bucket } = await filesOf(connection);
  const { PutObjectCommand } = await import('@aws-sdk/client-s3');
  const object = {
    Bucket: bucket,
    Key: mapInputsKey(mapId),
    ContentLength: file.sizeBytes,
    ContentType: 'application/jsonl',
    ChecksumSHA256: file.checksumSha256,
    IfNoneMatch: '*',
  };
  await retryPut(
    () => s3.send(new PutObjectCommand({ ...object, Body: file.read() }), abortable(signal)),
    signal,
  );
}

export type { IndexedInput };
