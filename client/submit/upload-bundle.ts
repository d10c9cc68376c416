import { bundleDigest, layerListKey, type LayerList, type LayerReference } from '../../lib/contract/index.js';
import type { Connection } from '../connection/connection.js';
import { abortable } from '../connection/abortable.js';
import type { FoundObject } from '../../lib/run-store/files.js';
import { httpStatusOf } from '../connection/http-status.js';
import type { ZipPlace } from './zip-upload.js';
import { startStoring, type LayerToUpload, type UploadOptions } from './store-layer.js';

/** Layers that are sent at the same time: while some are, the next one is made. */
const PARALLEL_UPLOADS = 3;

/**
 * Stores the layers of a bundle that are not stored yet, and the list of them. A layer that is there is neither made
 * nor sent: its checksum and size are those of S3, since another client may have compressed it to other bytes.
 *
 * @returns the layers as a request names them
 * @throws CodeseederError `BundleTooLarge`
 */
export async function uploadBundle(
  layers: readonly LayerToUpload[],
  connection: Connection,
  options: UploadOptions,
): Promise<LayerReference[]> {
  options.signal?.throwIfAborted();
  const { bucket } = await connection.deployed();
  const s3 = await connection.clients.s3();
  const { findObject } = await import('../../lib/run-store/files.js');
  const placeOf = (key: string): ZipPlace => ({ s3, bucket, key });
  const find = (key: string) => findObject(key, { s3, bucket }, abortable(options.signal));
  const listKey = listKeyOf(layers);
  const [list, ...found] = await Promise.all([
    listKey === undefined ? undefined : find(listKey),
    ...layers.map(({ key }) => find(key)),
  ]);
  const references = await storeAll(layers, found, placeOf, options);
  if (listKey !== undefined && list === undefined) await putList(references, placeOf(listKey), options);
  return references;
}

/** A zip that was not packed here can only be named by itself. */
function listKeyOf(layers: readonly LayerToUpload[]): string | undefined {
  const digested = layers.flatMap(({ digest }) => (digest === undefined ? [] : [{ digest }]));
  return digested.length === layers.length ? layerListKey(bundleDigest(digested)) : undefined;
}

async function storeAll(
  layers: readonly LayerToUpload[],
  found: readonly (FoundObject | undefined)[],
  placeOf: (key: string) => ZipPlace,
  options: UploadOptions,
): Promise<LayerReference[]> {
  const failed = new AbortController();
  const { signal: given } = options;
  const signal = given === undefined ? failed.signal : AbortSignal.any([given, failed.signal]);
  const uploads: Promise<LayerReference>[] = [];
  const running = new Set<Promise<unknown>>();
  try {
    for (const [index, layer] of layers.entries()) {
      if (running.size >= PARALLEL_UPLOADS) await Promise.race(running);
      const upload = await startStoring(layer, found[index], placeOf(layer.key), { ...options, signal });
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
  // The first fault, not that the others were ended by it.
  signal.throwIfAborted();
  return Promise.all(uploads);
}

/** The same layers have the same list, whoever put it first. */
async function putList(
  layers: LayerReference[],
  { s3, bucket, key }: ZipPlace,
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
