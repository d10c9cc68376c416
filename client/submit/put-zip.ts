import type { LayerZip } from '../bundle/layer/layer.js';
import { abortable } from '../connection/abortable.js';
import { httpStatusOf } from '../connection/http-status.js';
import { putInParts } from './put-in-parts.js';
import { retryPut } from './retry-put.js';
import type { PutOptions, StoredObject, ZipPlace } from './zip-upload.js';

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
