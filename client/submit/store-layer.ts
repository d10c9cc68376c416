import { CodeseederError, LAYER_MAX_BYTES, type LayerReference } from '../../lib/contract/index.js';
import type { Layer, LayerZip } from '../bundle/layer/layer.js';
import type { ProgressListener } from '../seedkit-types.js';
import type { FoundObject } from '../../lib/run-store/files.js';
import { abortable } from '../connection/abortable.js';
import { putZip } from './put-zip.js';
import { type PutCondition, UPLOAD_LIMITS, type UploadLimits, type ZipPlace } from './zip-upload.js';

/** A layer and where it is stored. A zip that was not packed here has no digest. */
export interface LayerToUpload extends Pick<Layer, 'name' | 'write'> {
  readonly key: string;
  readonly digest?: string | undefined;
}

export interface UploadOptions {
  readonly onProgress?: ProgressListener | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly limits?: UploadLimits;
}

/** How often a layer is put that somebody else puts and deletes at the same time. */
const ROUNDS = 3;

/**
 * Stores a layer that is not there, and returns while it is being sent.
 * @param found what is stored under the layer's key
 * @throws CodeseederError what making the zip throws
 */
export async function startStoring(
  layer: LayerToUpload,
  found: FoundObject | undefined,
  place: ZipPlace,
  options: UploadOptions,
): Promise<{ readonly stored: Promise<LayerReference> }> {
  const present = presentLayer(layer, found);
  if (present !== undefined) {
    reportUploaded(layer, true, options);
    return { stored: Promise.resolve(present) };
  }
  options.signal?.throwIfAborted();
  const zip = await layer.write(options.signal);
  return { stored: sendLayer(layer, zip, found, place, options).finally(() => zip.dispose()) };
}

async function sendLayer(
  layer: LayerToUpload,
  zip: LayerZip,
  found: FoundObject | undefined,
  place: ZipPlace,
  options: UploadOptions,
): Promise<LayerReference> {
  const { onProgress, signal, limits = UPLOAD_LIMITS } = options;
  const { name, key } = layer;
  const { sizeBytes } = zip;
  if (sizeBytes > LAYER_MAX_BYTES) throw tooLarge(name, sizeBytes);
  onProgress?.({ type: 'uploading', layer: name, key, sizeBytes });
  const { findObject } = await import('../../lib/run-store/files.js');
  let existing = found;
  for (let round = 1; round <= ROUNDS; round += 1) {
    const put = await putZip(zip, place, { condition: conditionOf(existing), limits, signal });
    existing = put === undefined ? await findObject(key, place, abortable(signal)) : undefined;
    const stored = put === undefined ? presentLayer(layer, existing) : { ...identityOf(layer), ...put };
    if (stored === undefined) continue;
    reportUploaded(layer, put === undefined, options);
    return stored;
  }
  throw new CodeseederError(
    'BundleMissing',
    `The layer s3://${place.bucket}/${key} was replaced and deleted by another client during its upload. Submit again.`,
  );
}

/** An object that exists is replaced only where it has no SHA-256, and while it is still the same. */
function conditionOf(existing: FoundObject | undefined): PutCondition {
  return existing?.etag === undefined ? { IfNoneMatch: '*' } : { IfMatch: existing.etag };
}

function reportUploaded({ name, key }: LayerToUpload, alreadyPresent: boolean, options: UploadOptions): void {
  options.onProgress?.({ type: 'uploaded', layer: name, key, alreadyPresent });
}

/** An object without a SHA-256 is none that this client stored, and no build could be told its checksum. */
function presentLayer(layer: LayerToUpload, found: FoundObject | undefined): LayerReference | undefined {
  if (found?.checksumSha256 === undefined) return undefined;
  const { checksumSha256, sizeBytes } = found;
  return { ...identityOf(layer), checksumSha256, sizeBytes };
}

function identityOf({ key, digest }: LayerToUpload): Pick<LayerReference, 'key' | 'digest'> {
  return { key, digest };
}

function tooLarge(name: string, sizeBytes: number): CodeseederError {
  return new CodeseederError(
    'BundleTooLarge',
    `The layer ${name} of the bundle has ${sizeBytes} bytes, at most ${LAYER_MAX_BYTES}; leave folders out, or put large files into S3.`,
  );
}
