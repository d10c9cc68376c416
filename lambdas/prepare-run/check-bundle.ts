import {
  CopyObjectCommand,
  HeadObjectCommand,
  type HeadObjectCommandOutput,
  S3ServiceException,
  type S3Client,
} from '@aws-sdk/client-s3';

import { type BundleReference, CodeseederError } from '../../lib/contract/index.js';

export interface CheckBundleDependencies {
  readonly s3: S3Client;
  readonly bucket: string;
  readonly bundleExpirationDays: number;
  readonly now: () => Date;
}

const MS_PER_DAY = 86_400_000;

/**
 * Checks that the bundle in the bucket is the one the request names, and keeps it from expiring under the run.
 * @throws CodeseederError `BundleMissing` or `BundleChanged`
 */
export async function checkBundle(
  bundle: BundleReference,
  dependencies: CheckBundleDependencies,
): Promise<void> {
  const head = await headBundle(bundle, dependencies);
  const place = `s3://${dependencies.bucket}/${bundle.key}`;
  if (head.ContentLength !== bundle.sizeBytes) {
    throw new CodeseederError(
      'BundleChanged',
      `The bundle ${place} has ${head.ContentLength} bytes, the request says ${bundle.sizeBytes}. Delete the object and submit again.`,
    );
  }
  const sha256 =
    head.ChecksumSHA256 === undefined
      ? undefined
      : Buffer.from(head.ChecksumSHA256, 'base64').toString('hex');
  if (sha256 !== bundle.sha256) {
    throw new CodeseederError(
      'BundleChanged',
      `The bundle ${place} has ${sha256 === undefined ? 'no SHA-256 checksum' : `the SHA-256 ${sha256}`}, the request says ${bundle.sha256}. Delete the object and submit again.`,
    );
  }
  if (isPastHalfItsLife(head, dependencies)) await refresh(bundle, head, dependencies);
}

async function headBundle(
  { key }: BundleReference,
  { s3, bucket }: CheckBundleDependencies,
): Promise<HeadObjectCommandOutput> {
  try {
    return await s3.send(new HeadObjectCommand({ Bucket: bucket, Key: key, ChecksumMode: 'ENABLED' }));
  } catch (cause) {
    if (!(cause instanceof S3ServiceException) || cause.$metadata.httpStatusCode !== 404) throw cause;
    throw new CodeseederError(
      'BundleMissing',
      `There is no bundle s3://${bucket}/${key}: submit again, the client uploads a bundle that is missing.`,
      { cause },
    );
  }
}

function isPastHalfItsLife(
  { LastModified }: HeadObjectCommandOutput,
  { bundleExpirationDays, now }: CheckBundleDependencies,
): boolean {
  if (LastModified === undefined) return false;
  return now().getTime() - LastModified.getTime() > (bundleExpirationDays * MS_PER_DAY) / 2;
}

/** Expiry counts from an object's creation, and S3 takes a copy onto itself only when something is replaced. */
async function refresh(
  { key }: BundleReference,
  head: HeadObjectCommandOutput,
  { s3, bucket }: CheckBundleDependencies,
): Promise<void> {
  await s3.send(
    new CopyObjectCommand({
      Bucket: bucket,
      Key: key,
      CopySource: `${bucket}/${key}`,
      MetadataDirective: 'REPLACE',
      ContentType: head.ContentType,
      Metadata: head.Metadata,
      ChecksumAlgorithm: 'SHA256',
    }),
  );
}
