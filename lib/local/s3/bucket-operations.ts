import { AwsError } from '../wire/aws-error.js';
import type { BucketRecord } from './object-record.js';
import { emptyResponse, readSmallBody, xmlResponse, type S3Operation } from './s3-call.js';
import type { S3Store } from './s3-store.js';

/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
const BUCKET_NAME = /^(?!\d+\.\d+\.\d+\.\d+$)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;

export const createBucket: S3Operation = async (call) => {
  await readSmallBody(call);
  await changeBucket(call.store, call.bucket, (existing) => {
    if (existing === undefined) return newBucket(call.store, call.bucket);
    throw new AwsError(
      'BucketAlreadyOwnedByYou',
      'Your previous request to create the named bucket succeeded and you already own it.',
      409,
      { BucketName: call.bucket },
    );
  });
  return emptyResponse(call, 200, { location: `/${call.bucket}` });
};

/**
 * Stores a bucket as `change` returns it, after all earlier changes of this bucket. Without the lock, a bucket that is
 * deleted meanwhile would be stored again.
 * @param change receives the stored bucket, undefined if there is none. Returns undefined to change nothing
 */
export async function changeBucket(
  { buckets, locked }: S3Store,
  name: string,
  change: (current: BucketRecord | undefined) => BucketRecord | undefined,
): Promise<void> {
  await locked(name, async () => {
    const changed = change(await buckets.get(name));
    if (changed !== undefined) await buckets.put(name, changed);
  });
}

/** Returns the record of a new bucket. @throws AwsError `InvalidBucketName` */
export function newBucket({ context }: S3Store, name: string): BucketRecord {
  if (!BUCKET_NAME.test(name) || name.includes('..')) {
    throw new AwsError('InvalidBucketName', 'The specified bucket is not valid.', 400, { BucketName: name });
  }
  return { name, encryption: { algorithm: 'AES256' }, createdAtMs: context.clock.now() };
}

export const headBucket: S3Operation = async (call) => {
  await call.store.bucket(call.bucket);
  return emptyResponse(call, 200, { 'x-amz-bucket-region': call.store.context.region });
};

export const deleteBucket: S3Operation = async (call) => {
  await removeBucket(call.store, call.bucket);
  return emptyResponse(call, 204);
};

/** Deletes a bucket. @throws AwsError `NoSuchBucket`, `BucketNotEmpty` */
export async function removeBucket(store: S3Store, name: string): Promise<void> {
  await store.locked(name, async () => {
    await store.bucket(name);
    for await (const _object of store.objects.entries(`${name}/`)) {
      throw new AwsError('BucketNotEmpty', 'The bucket you tried to delete is not empty', 409, {
        BucketName: name,
      });
    }
    for await (const [id, { uploadId }] of store.uploads.entries(`${name}/`)) {
      for await (const [partId, { blob }] of store.parts.entries(`${uploadId}/`)) {
        await store.parts.delete(partId);
        await store.blobs.delete([blob]);
      }
      await store.uploads.delete(id);
    }
    await store.buckets.delete(name);
  });
}

export const listBuckets: S3Operation = async (call) => {
  const { context, buckets } = call.store;
  const found = [];
  for await (const [, { name, createdAtMs }] of buckets.entries(call.query.get('prefix') ?? '')) {
    found.push({
      Name: name,
      CreationDate: new Date(createdAtMs).toISOString(),
      BucketRegion: context.region,
    });
  }
  return xmlResponse(call, {
    ListAllMyBucketsResult: { Buckets: { Bucket: found }, Owner: { ID: context.account } },
  });
};

export const getBucketLocation: S3Operation = async (call) => {
  await call.store.bucket(call.bucket);
  const { region } = call.store.context;
  return xmlResponse(call, { LocationConstraint: { '#text': region === 'us-east-1' ? '' : region } });
};

export const getBucketVersioning: S3Operation = async (call) => {
  await call.store.bucket(call.bucket);
  return xmlResponse(call, { VersioningConfiguration: {} });
};

export const getBucketEncryption: S3Operation = async (call) => {
  const { encryption } = await call.store.bucket(call.bucket);
  return xmlResponse(call, {
    ServerSideEncryptionConfiguration: {
      Rule: {
        ApplyServerSideEncryptionByDefault: {
          SSEAlgorithm: encryption.algorithm,
          KMSMasterKeyID: encryption.keyId,
        },
        BucketKeyEnabled: encryption.bucketKey ?? false,
      },
    },
  });
};
