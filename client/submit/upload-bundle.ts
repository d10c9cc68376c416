import {
  bundleDigest,
  httpStatusOf,
  layerListKey,
  type LayerList,
  type LayerReference,
} from '../../lib/contract/index.js';
import type { Connection } from '../connection/connection.js';
import { abortable } from '../connection/abortable.js';
import type { FoundObject } from '../../lib/s3-objects.js';
import type { ObjectLocation } from './zip-upload.js';
import { startStoring, type LayerToUpload, type UploadOptions } from './store-layer.js';

/** Maximum number of layers that are sent at the same time. The zip of the next layer is written meanwhile. */
const PARALLEL_UPLOADS = 3;

/**
 * Stores the layers that the bucket does not have, and the list of all layers. No zip is written for a layer that the
 * bucket has already. Its checksum and size are then read from S3, because another client may have compressed it to
 * other bytes.
 *
 * @returns the layers in the form of a request
 * @throws CodeseederError `BundleTooLarge`, `PackFailed`, `BundleMissing`
 */
export async function uploadBundle(
  layers: readonly LayerToUpload[],
  connection: Connection,
  options: UploadOptions,
): Promise<LayerReference[]> {
  options.signal?.throwIfAborted();
  const { bucket } = await connection.deployed();
  const s3 = await connection.clients.s3();
  const { findObject } = await import('../../lib/s3-objects.js');
  const locationOf = (key: string): ObjectLocation => ({ s3, bucket, key });
  const find = (key: string) => findObject(key, { s3, bucket }, abortable(options.signal));
  const listKey = listKeyOf(layers);
  const [list, ...found] = await Promise.all([
    listKey === undefined ? undefined : find(listKey),
    ...layers.map(({ key }) => find(key)),
  ]);
  const references = await storeAll(layers, found, locationOf, options);
  if (listKey !== undefined && list === undefined) await putList(references, locationOf(listKey), options);
  return references;
}

/** Returns the key of the list of layers; undefined for a prebuilt zip, which has no digest. */
function listKeyOf(layers: readonly LayerToUpload[]): string | undefined {
  const digested = layers.flatMap(({ digest }) => (digest === undefined ? [] : [{ digest }]));
  return digested.length === layers.length ? layerListKey(bundleDigest(digested)) : undefined;
}

async function storeAll(
  layers: readonly LayerToUpload[],
  found: readonly (FoundObject | undefined)[],
  locationOf: (key: string) => ObjectLocation,
  options: UploadOptions,
): Promise<LayerReference[]> {
  const failed = new AbortController();
  const signal =
    options.signal === undefined ? failed.signal : AbortSignal.any([options.signal, failed.signal]);
  const uploads: Promise<LayerReference>[] = [];
  const running = new Set<Promise<unknown>>();
  try {
    for (const [index, layer] of layers.entries()) {
      if (running.size >= PARALLEL_UPLOADS) await Promise.race(running);
      const upload = await startStoring(layer, found[index], locationOf(layer.key), { ...options, signal });
      const watched = upload.stored
        .catch((error: unknown) => failed.abort(error))
        .finally(() => running.delete(watched));
      running.add(watched);
      uploads.push(upload.stored);
    }
  } catch (error) {
    failed.abort(error);
  }
  await Promise.allSettled(uploads);
  // Throws the error of the first upload that failed. The other uploads failed because they were aborted.
  signal.throwIfAborted();
  return Promise.all(uploads);
}

/** Stores the list of layers. Keeps a list that exists, because its name is the digest of the same layers. */
async function putList(
  layers: LayerReference[],
  { s3, bucket, key }: ObjectLocation,
  { signal }: UploadOptions,
): Promise<void> {
  const { PutObjectCommand } = await import('@aws-sdk/client-s3');
  const list: LayerList = { version: 1, layers };
  const command = new PutObjectCommand({
    Bucket: bucket,
    Key: key,
    Body: JSON.stringify(list),
    ContentType: 'application/json',
    IfNoneMatch: '*',
  });
  try {
    await s3.send(command, abortable(signal));
  } catch (error) {
    if (![409, 412].includes(httpStatusOf(error) ?? 0)) throw error;
  }
}
