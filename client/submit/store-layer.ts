import {
  CodeseederError,
  isComposite,
  isNamedByChecksum,
  LAYER_MAX_BYTES,
  type LayerReference,
} from '../../lib/contract/index.js';
import type { Layer, LayerZip } from '../bundle/layer/layer.js';
import type { ProgressListener } from '../progress-types.js';
import type { FoundObject } from '../../lib/s3-objects.js';
import { abortable } from '../connection/abortable.js';
import { checksumOfParts } from './put-in-parts.js';
import { putZip } from './put-zip.js';
import { UPLOAD_LIMITS, type UploadLimits, type ObjectLocation } from './zip-upload.js';

/** A layer and its key in the bucket. A prebuilt zip has no digest. */
export interface LayerToUpload extends Pick<Layer, 'name' | 'write'> {
  readonly key: string;
  readonly digest?: string | undefined;
}

export interface UploadOptions {
  readonly onProgress?: ProgressListener | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly limits?: UploadLimits;
}

/** Number of attempts to store a layer while another client stores and deletes it at the same time. */
const ROUNDS = 3;

/**
 * Starts the upload of a layer that the bucket does not have. Returns once the zip is written; `stored` resolves when
 * it is uploaded.
 * @param found the object that is stored under the layer's key
 * @throws CodeseederError `PackFailed` when the zip cannot be written
 */
export async function startStoring(
  layer: LayerToUpload,
  found: FoundObject | undefined,
  location: ObjectLocation,
  options: UploadOptions,
): Promise<{ readonly stored: Promise<LayerReference> }> {
  const present = presentLayer(layer, found);
  if (present !== undefined) {
    reportUploaded(layer, true, options);
    return { stored: Promise.resolve(present) };
  }
  options.signal?.throwIfAborted();
  const zip = await layer.write(options.signal);
  const compared = await comparedLayer(layer, zip, found, options);
  if (compared !== undefined) {
    await zip.dispose();
    reportUploaded(layer, true, options);
    return { stored: Promise.resolve(compared) };
  }
  return { stored: sendAndDispose(layer, zip, location, options) };
}

async function sendAndDispose(
  layer: LayerToUpload,
  zip: LayerZip,
  location: ObjectLocation,
  options: UploadOptions,
): Promise<LayerReference> {
  try {
    return await sendLayer(layer, zip, location, options);
  } finally {
    await zip.dispose();
  }
}

async function sendLayer(
  layer: LayerToUpload,
  zip: LayerZip,
  location: ObjectLocation,
  options: UploadOptions,
): Promise<LayerReference> {
  const { onProgress, signal, limits = UPLOAD_LIMITS } = options;
  const { name, key } = layer;
  const { sizeBytes } = zip;
  if (sizeBytes > LAYER_MAX_BYTES) throw tooLarge(name, sizeBytes);
  onProgress?.({ type: 'uploading', layer: name, key, sizeBytes });
  const { findObject } = await import('../../lib/s3-objects.js');
  for (let round = 1; round <= ROUNDS; round += 1) {
    const put = await putZip(zip, location, { limits, signal });
    const existing = put === undefined ? await findObject(key, location, abortable(signal)) : undefined;
    const stored =
      put === undefined
        ? await existingLayer(layer, zip, existing, options)
        : { ...identityOf(layer), ...put };
    if (stored === undefined) continue;
    reportUploaded(layer, put === undefined, options);
    return stored;
  }
  throw new CodeseederError(
    'BundleMissing',
    `The layer s3://${location.bucket}/${key} was replaced and deleted by another client during its upload. Submit again.`,
  );
}

/**
 * Returns the reference of a layer whose key is in use already. Clients have no right to overwrite an object. If the
 * object is not the layer (it has no SHA-256, or is a prebuilt zip with other content), the reference has the checksum
 * of the right zip: `prepare-run` then finds the difference and deletes the object, and the client repeats the run.
 */
async function existingLayer(
  layer: LayerToUpload,
  zip: LayerZip,
  existing: FoundObject | undefined,
  options: UploadOptions,
): Promise<LayerReference | undefined> {
  if (existing === undefined) return undefined;
  const { checksumSha256, sizeBytes } = zip;
  const present = presentLayer(layer, existing) ?? (await comparedLayer(layer, zip, existing, options));
  return present ?? { ...identityOf(layer), checksumSha256, sizeBytes };
}

/** Returns a prebuilt zip that was stored in parts, if it has the content of this client's zip. */
async function comparedLayer(
  layer: LayerToUpload,
  zip: LayerZip,
  found: FoundObject | undefined,
  { limits = UPLOAD_LIMITS }: UploadOptions,
): Promise<LayerReference | undefined> {
  const { checksumSha256, sizeBytes } = found ?? {};
  if (layer.digest !== undefined || checksumSha256 === undefined || !isComposite(checksumSha256))
    return undefined;
  if (sizeBytes !== zip.sizeBytes || sizeBytes <= limits.singlePutMaxBytes) return undefined;
  const own = await checksumOfParts(zip, limits.partBytes);
  return own === checksumSha256 ? { ...identityOf(layer), checksumSha256, sizeBytes } : undefined;
}

function reportUploaded({ name, key }: LayerToUpload, alreadyPresent: boolean, options: UploadOptions): void {
  options.onProgress?.({ type: 'uploaded', layer: name, key, alreadyPresent });
}

/**
 * Returns the stored layer if the object is the layer, otherwise undefined. This client stores every object with its
 * SHA-256, which requests need. The build checks the files of a layer by its digest. A prebuilt zip has no digest, so
 * its checksum must be the one in its key.
 */
function presentLayer(layer: LayerToUpload, found: FoundObject | undefined): LayerReference | undefined {
  if (found?.checksumSha256 === undefined) return undefined;
  const { checksumSha256, sizeBytes } = found;
  if (layer.digest === undefined && !isNamedByChecksum(layer.key, checksumSha256)) return undefined;
  return { ...identityOf(layer), checksumSha256, sizeBytes };
}

function identityOf({ key, digest }: LayerToUpload): Pick<LayerReference, 'key' | 'digest'> {
  return { key, digest };
}

function tooLarge(name: string, sizeBytes: number): CodeseederError {
  return new CodeseederError(
    'BundleTooLarge',
    `The layer ${name} of the bundle has ${sizeBytes} bytes; the limit is ${LAYER_MAX_BYTES}. Leave folders out, or put large files into S3.`,
  );
}
