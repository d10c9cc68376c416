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
  httpStatusOf,
  isComposite,
  type LayerReference,
  partsOf,
  SINGLE_PUT_MAX_BYTES,
  type UploadPart,
} from '../contract/index.js';
import type { FoundObject, S3Bucket } from '../s3-objects.js';

/** Maximum number of parts that a call of the handler has time to copy. */
const COPIED_PARTS_MAX = 1_000;
/** Maximum number of parts that are copied at the same time. */
const PARALLEL_PARTS = 16;

/**
 * Returns whether {@link copyLayer} can copy a layer. S3 copies at most 5 GB as one part, and a handler has little
 * time.
 */
export function isCopyable({ checksumSha256, sizeBytes }: LayerReference): boolean {
  if (!isComposite(checksumSha256)) return sizeBytes <= SINGLE_PUT_MAX_BYTES;
  const count = partsOf(sizeBytes).length;
  return checksumSha256.endsWith(`-${count}`) && count <= COPIED_PARTS_MAX;
}

/**
 * Copies a layer to a free key, in the parts in which it was uploaded, so that the checksums of the parts can be
 * compared. The request that completes the upload has `If-None-Match`, so it never replaces an object.
 * @returns false if the key is no longer free, the original was replaced, or the copy has another checksum than the
 *   layer
 */
export async function copyLayer(
  layer: LayerReference,
  original: FoundObject,
  key: string,
  { s3, bucket }: S3Bucket,
): Promise<boolean> {
  const create = new CreateMultipartUploadCommand({
    Bucket: bucket,
    Key: key,
    ContentType: original.contentType,
    Metadata: original.metadata,
    ChecksumAlgorithm: 'SHA256',
    ChecksumType: 'COMPOSITE',
  });
  const { UploadId } = await s3.send(create);
  const upload = { Bucket: bucket, Key: key, UploadId };
  try {
    const source = { CopySource: `${bucket}/${original.key}`, CopySourceIfMatch: original.etag };
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
  s3: S3Bucket['s3'],
): Promise<CompletedPart[]> {
  const whole = [{ number: 1, start: 0, end: sizeBytes }];
  const parts: readonly UploadPart[] = isComposite(checksumSha256) ? partsOf(sizeBytes) : whole;
  const copied: CompletedPart[] = [];
  const waiting = [...parts];
  const copyWaiting = async (): Promise<void> => {
    for (let part = waiting.shift(); part !== undefined; part = waiting.shift()) {
      const { number: PartNumber, start, end } = part;
      // S3 refuses a range for an object smaller than 5 MB.
      const CopySourceRange = parts.length > 1 ? `bytes=${start}-${end - 1}` : undefined;
      const command = new UploadPartCopyCommand({ ...upload, PartNumber, CopySourceRange });
      const { CopyPartResult: { ETag, ChecksumSHA256 } = {} } = await s3.send(command);
      copied.push({ PartNumber, ETag, ChecksumSHA256 });
    }
  };
  await Promise.all(Array.from({ length: PARALLEL_PARTS }, copyWaiting));
  return copied.sort((one, other) => (one.PartNumber ?? 0) - (other.PartNumber ?? 0));
}
