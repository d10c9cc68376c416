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
import type { FoundObject } from '../../lib/run-store/files.js';
import type { ZipPlace } from './zip-upload.js';
import type { LayerToUpload } from './store-layer.js';
import { fetchZip } from './fetch-zip.js';
import type { LayerZip } from '../bundle/layer/layer.js';

/** A bundle that was not packed here. */
export interface PrebuiltBundle {
  readonly layers: readonly LayerToUpload[];
  readonly exports: Readonly<Record<string, never>>;
  readonly dispose: () => Promise<void>;
}

const PLACE = /^(?:s3:\/\/)?(?<bucket>[a-z0-9][a-z0-9.-]{1,61}[a-z0-9])\/(?<key>.{1,1024})$/s;

/**
 * A bundle that is in S3 already: a zip as it is, or the list of a packed bundle's layers. The original is never
 * changed or deleted: builds get copies in the seedkit's bucket, each made once.
 *
 * @param location `[s3://]bucket/key`, readable with the connection's credentials
 * @throws CodeseederError `InvalidRequest`, `BundleMissing`, `BundleTooLarge`
 */
export async function prebuiltBundle(
  location: string,
  connection: Connection,
  signal?: AbortSignal,
): Promise<PrebuiltBundle> {
  const { bucket, key } = parsePlace(location);
  const place = { s3: await connection.clients.s3(), bucket, key };
  const found = await requireObject(place, 'prebuilt bundle', signal);
  if (key.endsWith('.json')) {
    const layers = await listedLayers(place, found, signal);
    return { layers, exports: {}, dispose: () => Promise.resolve() };
  }
  return zipAsLayer(place, found, signal);
}

function parsePlace(location: string): { bucket: string; key: string } {
  const { bucket, key } = PLACE.exec(location)?.groups ?? {};
  if (bucket !== undefined && key !== undefined) return { bucket, key };
  throw new CodeseederError(
    'InvalidRequest',
    `The prebuilt bundle ${JSON.stringify(location)} is not a place in S3; give it as s3://bucket/key.`,
  );
}

async function requireObject(
  place: ZipPlace,
  what: string,
  signal: AbortSignal | undefined,
): Promise<FoundObject> {
  const { findObject } = await import('../../lib/run-store/files.js');
  const found = await findObject(place.key, place, abortable(signal));
  if (found === undefined) {
    throw new CodeseederError('BundleMissing', `There is no ${what} s3://${place.bucket}/${place.key}.`);
  }
  if (found.sizeBytes <= LAYER_MAX_BYTES) return found;
  throw new CodeseederError(
    'BundleTooLarge',
    `The ${what} s3://${place.bucket}/${place.key} has ${found.sizeBytes} bytes, at most ${LAYER_MAX_BYTES}.`,
  );
}

/** Named by its bytes, which are read only where S3 has no checksum of them or the seedkit's bucket no copy. */
async function zipAsLayer(
  place: ZipPlace,
  { checksumSha256 = '', isWholeChecksum }: FoundObject,
  signal: AbortSignal | undefined,
): Promise<PrebuiltBundle> {
  const fetched = isWholeChecksum ? undefined : await fetchZip(place, signal);
  const checksum = fetched?.checksumSha256 ?? checksumSha256;
  const layer: LayerToUpload = {
    name: posix.basename(place.key),
    key: prebuiltLayerKey(Buffer.from(checksum, 'base64').toString('hex')),
    write: async (writeSignal) => fetched ?? unchanged(await fetchZip(place, writeSignal), checksum),
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

/** The layers are beside their list, as in the bucket that it was first put into. */
async function listedLayers(
  place: ZipPlace,
  { sizeBytes }: FoundObject,
  signal: AbortSignal | undefined,
): Promise<LayerToUpload[]> {
  const { s3, bucket, key } = place;
  const what = `list of layers s3://${bucket}/${key}`;
  if (sizeBytes > LIST_MAX_BYTES) {
    throw new CodeseederError(
      'InvalidRequest',
      `The ${what} has ${sizeBytes} bytes, at most ${LIST_MAX_BYTES}.`,
    );
  }
  const { GetObjectCommand } = await import('@aws-sdk/client-s3');
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }), abortable(signal));
  const { layers } = parseLayerList(parseJson((await Body?.transformToString()) ?? '', what), what);
  requireOwnDigest(layers, key, what);
  const folder = key.slice(0, key.lastIndexOf('/') + 1);
  return layers.map((layer) => copyOfLayer(layer, { s3, bucket, key: folder + posix.basename(layer.key) }));
}

/** A list under a digest's name has the layers of that digest, else it is not what was asked for. */
function requireOwnDigest(layers: readonly LayerReference[], key: string, what: string): void {
  const name = /^([0-9a-f]{64})\.json$/.exec(posix.basename(key))?.[1];
  const digested = layers.flatMap(({ digest }) => (digest === undefined ? [] : [{ digest }]));
  if (name === undefined || layerListKey(bundleDigest(digested)) === layerListKey(name)) return;
  throw new CodeseederError('InvalidRequest', `The ${what} has other layers than its name says.`);
}

function copyOfLayer(layer: LayerReference, original: ZipPlace): LayerToUpload {
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
