import { httpStatusOf } from '../../lib/contract/index.js';
import type { LayerZip } from '../bundle/layer/layer.js';
import { abortable } from '../connection/abortable.js';
import { putInParts } from './put-in-parts.js';
import { retryPut } from './retry-put.js';
import type { PutOptions, StoredObject, ObjectLocation } from './zip-upload.js';

/**
 * Stores a zip with its SHA-256. A zip of up to 5 GiB is sent in one request, with the checksum of the whole zip. A
 * larger one is sent in parts, with a checksum of the parts' checksums.
 * @returns undefined if an object with this key exists already. That object is not changed
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html
 */
export async function putZip(
  zip: LayerZip,
  location: ObjectLocation,
  options: PutOptions,
): Promise<StoredObject | undefined> {
  const { limits, signal } = options;
  const put = zip.sizeBytes > limits.singlePutMaxBytes ? putInParts : putWhole;
  try {
    return await retryPut(() => put(zip, location, options), signal);
  } catch (error) {
    if (httpStatusOf(error) === 412) return undefined;
    throw error;
  }
}

async function putWhole(
  zip: LayerZip,
  { s3, bucket, key }: ObjectLocation,
  { signal }: PutOptions,
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
    IfNoneMatch: '*',
  });
  await s3.send(command, abortable(signal));
  return { checksumSha256, sizeBytes };
}
