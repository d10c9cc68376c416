import type { S3Client } from '@aws-sdk/client-s3';

import { SINGLE_PUT_MAX_BYTES } from '../../lib/contract/index.js';
import type { LayerZip } from '../bundle/layer/layer.js';
import { abortable } from './abortable.js';
import { httpStatusOf } from './http-status.js';
import { putInParts } from './put-in-parts.js';
import { retryPut } from './retry-put.js';

/** Where a zip goes. */
export interface ZipPlace {
  readonly s3: S3Client;
  readonly bucket: string;
  readonly key: string;
}

/** An object as S3 knows it. */
export interface StoredObject {
  /** `ChecksumSHA256` as S3 reports it. */
  readonly checksumSha256: string;
  readonly sizeBytes: number;
}

/** When a zip is sent in parts. Smaller in tests. */
export interface UploadLimits {
  /** @default 5 GiB */
  readonly singlePutMaxBytes: number;
  /** Size of a part, unless the zip needs larger ones. @default 64 MiB */
  readonly partBytes: number;
}

export const UPLOAD_LIMITS: UploadLimits = {
  singlePutMaxBytes: SINGLE_PUT_MAX_BYTES,
  partBytes: 64 * 1024 ** 2,
};

/** On which condition an object is put: there is none, or still the one of an ETag. */
export type PutCondition = { readonly IfNoneMatch: '*' } | { readonly IfMatch: string };

export interface PutOptions {
  readonly condition: PutCondition;
  readonly limits: UploadLimits;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Stores a zip with its SHA-256. Up to 5 GB that is the checksum of the whole; a larger one is sent in parts, of which
 * S3 has a checksum over those of the parts only.
 *
 * @returns undefined when the condition does not hold: somebody else was first
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html
 */
export async function putZip(
  zip: LayerZip,
  place: ZipPlace,
  options: PutOptions,
): Promise<StoredObject | undefined> {
  const { limits, signal } = options;
  const put = zip.sizeBytes > limits.singlePutMaxBytes ? putInParts : putWhole;
  try {
    return await retryPut(() => put(zip, place, options), signal);
  } catch (error) {
    if (httpStatusOf(error) === 412) return undefined;
    throw error;
  }
}

async function putWhole(
  zip: LayerZip,
  { s3, bucket, key }: ZipPlace,
  { condition, signal }: PutOptions,
): Promise<StoredObject> {
  const { PutObjectCommand } = await import('@aws-sdk/client-s3');
  const { sizeBytes, checksumSha256 } = zip;
  const command = new PutObjectCommand({
    Bucket: bucket,
    Key: key,
    Body: zip.read(),
    ContentLength: sizeBytes,
    ContentType: 'application/zip',
    ChecksumSHA256: checksumSha256,
    ...condition,
  });
  await s3.send(command, abortable(signal));
  return { checksumSha256, sizeBytes };
}
