import { posix } from 'node:path';

import {
  bundleDigest,
  CodeseederError,
  LAYER_MAX_BYTES,
  layerListKey,
  type LayerReference,
  parseJson,
  parseLayerList,
  prebuiltLayerKey,
} from '../../lib/contract/index.js';
import type { Connection } from '../connection/connection.js';
import { abortable } from '../connection/abortable.js';
import type { FoundObject } from '../../lib/s3-objects.js';
import type { ObjectLocation } from './zip-upload.js';
import type { LayerToUpload } from './store-layer.js';
import { fetchZip } from './fetch-zip.js';
import type { LayerZip } from '../bundle/layer/layer.js';

/** A bundle that is in S3 already. */
export interface PrebuiltBundle {
  readonly layers: readonly LayerToUpload[];
  readonly exports: Readonly<Record<string, never>>;
  readonly dispose: () => Promise<void>;
}

const LOCATION = /^(?:s3:\/\/)?(?<bucket>[a-z0-9][a-z0-9.-]{1,61}[a-z0-9])\/(?<key>.{1,1024})$/s;

/**
 * Returns a bundle that is in S3 already: a zip, or the list of a packed bundle's layers. The original is never changed
 * or deleted, because builds use a copy in the seedkit's bucket. Each original is copied once.
 *
 * @param location `[s3://]bucket/key`, readable with the connection's credentials
 * @throws CodeseederError `InvalidRequest`, `BundleMissing`, `BundleTooLarge`
 */
export async function prebuiltBundle(
  location: string,
  connection: Connection,
  signal?: AbortSignal,
): Promise<PrebuiltBundle> {
  const { bucket, key } = parseLocation(location);
  const object = { s3: await connection.clients.s3(), bucket, key };
  const found = await requireObject(object, 'prebuilt bundle', signal);
  if (key.endsWith('.json')) {
    const layers = await listedLayers(object, found, signal);
    return { layers, exports: {}, dispose: () => Promise.resolve() };
  }
  return zipAsLayer(object, found, signal);
}

function parseLocation(location: string): { bucket: string; key: string } {
  const { bucket, key } = LOCATION.exec(location)?.groups ?? {};
  if (bucket !== undefined && key !== undefined) return { bucket, key };
  throw new CodeseederError(
    'InvalidRequest',
    `The prebuilt bundle ${JSON.stringify(location)} is not a location in S3: it must be s3://bucket/key.`,
  );
}

async function requireObject(
  object: ObjectLocation,
  subject: string,
  signal: AbortSignal | undefined,
): Promise<FoundObject> {
  const { findObject } = await import('../../lib/s3-objects.js');
  const found = await findObject(object.key, object, abortable(signal));
  if (found === undefined) {
    throw new CodeseederError(
      'BundleMissing',
      `The ${subject} s3://${object.bucket}/${object.key} does not exist. Check the location, or upload it.`,
    );
  }
  if (found.sizeBytes <= LAYER_MAX_BYTES) return found;
  throw new CodeseederError(
    'BundleTooLarge',
    `The ${subject} s3://${object.bucket}/${object.key} has ${found.sizeBytes} bytes; the limit is ${LAYER_MAX_BYTES}. Leave files out, or put large files into S3.`,
  );
}

/**
 * Returns a zip as a layer whose key is the SHA-256 of its bytes. Downloads it only if S3 has no SHA-256 of it, or the
 * seedkit's bucket has no copy.
 */
async function zipAsLayer(
  object: ObjectLocation,
  { checksumSha256 = '', isWholeChecksum }: FoundObject,
  signal: AbortSignal | undefined,
): Promise<PrebuiltBundle> {
  const fetched = isWholeChecksum ? undefined : await fetchZip(object, signal);
  const checksum = fetched?.checksumSha256 ?? checksumSha256;
  const layer: LayerToUpload = {
    name: posix.basename(object.key),
    key: prebuiltLayerKey(Buffer.from(checksum, 'base64').toString('hex')),
    write: async (writeSignal) => fetched ?? unchanged(await fetchZip(object, writeSignal), checksum),
  };
  return { layers: [layer], exports: {}, dispose: async () => fetched?.dispose() };
}

async function unchanged(zip: LayerZip, checksumSha256: string): Promise<LayerZip> {
  if (zip.checksumSha256 === checksumSha256) return zip;
  await zip.dispose();
  throw new CodeseederError(
    'BundleMissing',
    'The prebuilt bundle was replaced while it was copied. Submit again.',
  );
}

const LIST_MAX_BYTES = 65_536;

/** Reads a list of layers. The layers are objects in the same bucket as the list. */
async function listedLayers(
  object: ObjectLocation,
  { sizeBytes }: FoundObject,
  signal: AbortSignal | undefined,
): Promise<LayerToUpload[]> {
  const { s3, bucket, key } = object;
  const subject = `list of layers s3://${bucket}/${key}`;
  if (sizeBytes > LIST_MAX_BYTES) {
    throw new CodeseederError(
      'InvalidRequest',
      `The ${subject} has ${sizeBytes} bytes; the limit is ${LIST_MAX_BYTES}. Check that the location is that of a list of layers.`,
    );
  }
  const { GetObjectCommand } = await import('@aws-sdk/client-s3');
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }), abortable(signal));
  const { layers } = parseLayerList(parseJson((await Body?.transformToString()) ?? '', subject), subject);
  requireOwnDigest(layers, key, subject);
  const folder = key.slice(0, key.lastIndexOf('/') + 1);
  return layers.map((layer) => copyOfLayer(layer, { s3, bucket, key: folder + posix.basename(layer.key) }));
}

/** Refuses a list whose name has another digest than its layers. @throws CodeseederError `InvalidRequest` */
function requireOwnDigest(layers: readonly LayerReference[], key: string, subject: string): void {
  const name = /^([0-9a-f]{64})\.json$/.exec(posix.basename(key))?.[1];
  const digested = layers.flatMap(({ digest }) => (digest === undefined ? [] : [{ digest }]));
  if (name === undefined || layerListKey(bundleDigest(digested)) === layerListKey(name)) return;
  throw new CodeseederError(
    'InvalidRequest',
    `The ${subject} is not that of the bundle ${name}: the digest of its layers is ${bundleDigest(digested)}. Copy the list from the seedkit's bucket again.`,
  );
}

function copyOfLayer(layer: LayerReference, original: ObjectLocation): LayerToUpload {
  return {
    name: posix.basename(layer.key),
    key: layer.key,
    digest: layer.digest,
    async write(signal) {
      await requireObject(original, 'layer of the prebuilt bundle', signal);
      return fetchZip(original, signal);
    },
  };
}
