import { abortable } from './abortable.js';
import { httpStatusOf } from './http-status.js';
import type { StoredObject, ZipPlace } from './put-zip.js';

/** An object that exists. One that was put without a SHA-256 has none. */
export interface FoundObject extends Omit<StoredObject, 'checksumSha256'> {
  readonly checksumSha256: string | undefined;
  /** Whether S3 has a checksum of the whole object, not one over those of its parts. */
  readonly isWholeChecksum: boolean;
  readonly etag: string | undefined;
}

/** Asks S3 for an object without reading it. @returns undefined when there is none */
export async function findObject(
  { s3, bucket, key }: ZipPlace,
  signal?: AbortSignal,
): Promise<FoundObject | undefined> {
  const { HeadObjectCommand } = await import('@aws-sdk/client-s3');
  const command = new HeadObjectCommand({ Bucket: bucket, Key: key, ChecksumMode: 'ENABLED' });
  try {
    const head = await s3.send(command, abortable(signal));
    const { ChecksumSHA256: checksumSha256, ChecksumType: type, ContentLength: sizeBytes = 0, ETag } = head;
    const isWholeChecksum = type !== 'COMPOSITE' && checksumSha256?.includes('-') === false;
    return { checksumSha256, isWholeChecksum, sizeBytes, etag: ETag };
  } catch (error) {
    if (httpStatusOf(error) === 404) return undefined;
    throw error;
  }
}
