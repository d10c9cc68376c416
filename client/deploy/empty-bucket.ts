import {
  DeleteBucketCommand,
  DeleteObjectsCommand,
  ListObjectVersionsCommand,
  ListObjectsV2Command,
  type ObjectIdentifier,
  type S3Client,
} from '@aws-sdk/client-s3';

import { definedOnly } from '../../lib/contract/defined-only.js';
import { CodeseederError } from '../../lib/contract/index.js';

/**
 * Deletes all objects of a bucket with all their versions, 1,000 with each request.
 *
 * @returns the number of deleted versions and delete markers, or undefined if the bucket does not exist
 * @throws CodeseederError `BucketNotEmptied` that names an object that could not be deleted
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html
 */
export async function emptyBucket(
  client: S3Client,
  bucket: string,
  signal?: AbortSignal,
): Promise<number | undefined> {
  const abort = definedOnly({ abortSignal: signal });
  let count = 0;
  try {
    for (const list of [listVersions, listObjects]) {
      for (;;) {
        const page = await list(client, bucket, abort);
        if (page.length === 0) break;
        const { Errors: [failed] = [] } = await client.send(
          new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects: [...page], Quiet: true } }),
          abort,
        );
        if (failed !== undefined) {
          throw new CodeseederError(
            'BucketNotEmptied',
            `The object ${failed.Key} of the bucket ${bucket} could not be deleted: ${failed.Code} ${failed.Message}`,
          );
        }
        count += page.length;
      }
    }
    return count;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** Deletes an empty bucket. Does nothing if it does not exist. */
export async function deleteBucket(client: S3Client, bucket: string): Promise<void> {
  try {
    await client.send(new DeleteBucketCommand({ Bucket: bucket }));
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}

type Abort = { readonly abortSignal?: AbortSignal };

/** Lists the first page. Its objects are deleted before the next call. */
async function listVersions(
  client: S3Client,
  bucket: string,
  abort: Abort,
): Promise<readonly ObjectIdentifier[]> {
  try {
    const { Versions = [], DeleteMarkers = [] } = await client.send(
      new ListObjectVersionsCommand({ Bucket: bucket, MaxKeys: 1_000 }),
      abort,
    );
    return [...Versions, ...DeleteMarkers].map(({ Key, VersionId }) => ({ Key, VersionId }));
  } catch (error) {
    // A local AWS keeps no versions. `listObjects` lists its objects.
    if (error instanceof Error && error.name === 'NotImplemented') return [];
    throw error;
  }
}

async function listObjects(
  client: S3Client,
  bucket: string,
  abort: Abort,
): Promise<readonly ObjectIdentifier[]> {
  const { Contents = [] } = await client.send(
    new ListObjectsV2Command({ Bucket: bucket, MaxKeys: 1_000 }),
    abort,
  );
  return Contents.map(({ Key }) => ({ Key }));
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && /^(NoSuchBucket|NotFound)$/.test(error.name);
}
