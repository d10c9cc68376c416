/** Finds and copies the layers of bundles, which may be stored under more than one key. */
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  type CompletedPart,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';

import {
  checksumOfCopy,
  compositeChecksum,
  isComposite,
  keysOfLayer,
  type LayerReference,
  partsOf,
  SINGLE_PUT_MAX_BYTES,
  type UploadPart,
} from '../contract/index.js';
import { findObject, type FoundObject, httpStatusOf, type RunFiles, type SendOptions } from './objects.js';

/** An object that has the content of a layer. */
export interface StoredLayer {
  readonly key: string;
  readonly found: FoundObject;
}

/** Most parts of a copy that one call of a handler can make. */
const COPIED_PARTS_MAX = 1_000;
/** Parts that S3 copies at the same time. */
const PARALLEL_PARTS = 16;

/** Returns whether an object has the content of a layer, by its size and its checksum. */
export function isContentOf(layer: LayerReference, found: FoundObject): boolean {
  const { checksumSha256 } = layer;
  const checksums: (string | undefined)[] = [checksumSha256, checksumOfCopy(checksumSha256)];
  return found.sizeBytes === layer.sizeBytes && checksums.includes(found.checksumSha256);
}

/**
 * Finds the object with the content of a layer that expires last.
 * @returns it, and the keys of the layer that are free
 */
export async function findLayer(
  layer: LayerReference,
  files: RunFiles,
  options: SendOptions = {},
): Promise<{ readonly stored: StoredLayer | undefined; readonly freeKeys: readonly string[] }> {
  const looks = await Promise.all(
    keysOfLayer(layer.key).map(async (key) => ({ key, found: await findObject(key, files, options) })),
  );
  const stored = looks.flatMap(({ key, found }) =>
    found !== undefined && isContentOf(layer, found) ? [{ key, found }] : [],
  );
  return {
    stored: stored.sort((one, other) => createdMs(other) - createdMs(one))[0],
    freeKeys: looks.flatMap(({ key, found }) => (found === undefined ? [key] : [])),
  };
}

function createdMs({ found }: StoredLayer): number {
  return found.lastModified?.getTime() ?? 0;
}

/** Returns whether {@link copyLayer} can copy a layer: S3 has no more than 5 GB in a part, and a handler little time. */
export function isCopyable({ checksumSha256, sizeBytes }: LayerReference): boolean {
  if (!isComposite(checksumSha256)) return sizeBytes <= SINGLE_PUT_MAX_BYTES;
  const count = partsOf(sizeBytes).length;
  return checksumSha256.endsWith(`-${count}`) && count <= COPIED_PARTS_MAX;
}

/**
 * Copies a layer to a key that is free, in the parts that it was uploaded in: S3 allows `If-None-Match` for the end of an
 * upload, but not for CopyObject.
 * @returns false when the key is taken by now, the original was replaced, or its parts do not have the layer's checksum
 */
export async function copyLayer(
  layer: LayerReference,
  { key: original, found }: StoredLayer,
  key: string,
  { s3, bucket }: RunFiles,
): Promise<boolean> {
  const create = new CreateMultipartUploadCommand({
    Bucket: bucket,
    Key: key,
    ContentType: found.contentType,
    Metadata: found.metadata,
    ChecksumAlgorithm: 'SHA256',
    ChecksumType: 'COMPOSITE',
  });
  const { UploadId } = await s3.send(create);
  const upload = { Bucket: bucket, Key: key, UploadId };
  try {
    const source = { CopySource: `${bucket}/${original}`, CopySourceIfMatch: found.etag };
    const parts = await copyParts(layer, { ...upload, ...source }, s3);
    const checksum = compositeChecksum(parts.map(({ ChecksumSHA256 = '' }) => ChecksumSHA256));
    if (checksum === checksumOfCopy(layer.checksumSha256)) {
      const end = { MultipartUpload: { Parts: parts }, ChecksumType: 'COMPOSITE', IfNoneMatch: '*' } as const;
      await s3.send(
        new CompleteMultipartUploadCommand({ ...upload, ...end, MpuObjectSize: layer.sizeBytes }),
      );
      return true;
    }
  } catch (error) {
    await s3.send(new AbortMultipartUploadCommand(upload)).catch(() => undefined);
    if (![404, 409, 412].includes(httpStatusOf(error) ?? 0)) throw error;
    return false;
  }
  await s3.send(new AbortMultipartUploadCommand(upload)).catch(() => undefined);
  return false;
}

async function copyParts(
  { checksumSha256, sizeBytes }: LayerReference,
  upload: Omit<ConstructorParameters<typeof UploadPartCopyCommand>[0], 'PartNumber'>,
  s3: RunFiles['s3'],
): Promise<CompletedPart[]> {
  const whole = [{ number: 1, start: 0, end: sizeBytes }];
  const parts: readonly UploadPart[] = isComposite(checksumSha256) ? partsOf(sizeBytes) : whole;
  const copied: CompletedPart[] = [];
  const waiting = [...parts];
  const copyWaiting = async (): Promise<void> => {
    for (let part = waiting.shift(); part !== undefined; part = waiting.shift()) {
      const { number: PartNumber, start, end } = part;
      // S3 refuses a range of an object of less than 5 MB.
      const CopySourceRange = parts.length > 1 ? `bytes=${start}-${end - 1}` : undefined;
      const command = new UploadPartCopyCommand({ ...upload, PartNumber, CopySourceRange });
      const { CopyPartResult: { ETag, ChecksumSHA256 } = {} } = await s3.send(command);
      copied.push({ PartNumber, ETag, ChecksumSHA256 });
    }
  };
  await Promise.all(Array.from({ length: PARALLEL_PARTS }, copyWaiting));
  return copied.sort((one, other) => (one.PartNumber ?? 0) - (other.PartNumber ?? 0));
}
