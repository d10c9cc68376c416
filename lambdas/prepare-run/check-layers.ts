import {
  CopyObjectCommand,
  DeleteObjectCommand,
  HeadObjectCommand,
  type HeadObjectCommandOutput,
  S3ServiceException,
  type S3Client,
} from '@aws-sdk/client-s3';

import {
  type BundleReference,
  CodeseederError,
  isComposite,
  type LayerReference,
  SINGLE_PUT_MAX_BYTES,
} from '../../lib/contract/index.js';

export interface CheckLayersDependencies {
  readonly s3: S3Client;
  readonly bucket: string;
  readonly bundleExpirationDays: number;
  readonly now: () => Date;
}

const MS_PER_DAY = 86_400_000;

const SUBMIT_AGAIN = 'Submit again: the client uploads a layer that is missing.';

/**
 * Checks that each layer in the bucket is the one the request names, and keeps it from expiring during the run. A
 * layer that is not is deleted, so that a client can upload it: an object that exists is never overwritten.
 * @throws CodeseederError `BundleMissing`
 */
export async function checkLayers(
  { layers }: BundleReference,
  dependencies: CheckLayersDependencies,
): Promise<void> {
  const checks = await Promise.allSettled(layers.map((layer) => checkLayer(layer, dependencies)));
  // What S3 itself refused says nothing of the bundle, and the step is tried again.
  const reasons = checks.flatMap((check) => (check.status === 'rejected' ? [check.reason as unknown] : []));
  const [first] = [...reasons.filter((reason) => !(reason instanceof CodeseederError)), ...reasons];
  if (first !== undefined) throw first as Error;
}

async function checkLayer(layer: LayerReference, dependencies: CheckLayersDependencies): Promise<void> {
  const place = `s3://${dependencies.bucket}/${layer.key}`;
  const head = await headLayer(layer, place, dependencies);
  if (head.ContentLength !== layer.sizeBytes) {
    await refuse(
      layer,
      `The layer ${place} had ${head.ContentLength} bytes where the request says ${layer.sizeBytes}, and was deleted.`,
      dependencies,
    );
  }
  if (head.ChecksumSHA256 !== layer.checksumSha256) {
    await refuse(
      layer,
      `The layer ${place} had the SHA-256 checksum ${head.ChecksumSHA256 ?? '(none)'} where the request says ${layer.checksumSha256}, and was deleted.`,
      dependencies,
    );
  }
  await keepFromExpiring(layer, head, place, dependencies);
}

async function headLayer(
  { key }: LayerReference,
  place: string,
  { s3, bucket }: CheckLayersDependencies,
): Promise<HeadObjectCommandOutput> {
  try {
    return await s3.send(new HeadObjectCommand({ Bucket: bucket, Key: key, ChecksumMode: 'ENABLED' }));
  } catch (cause) {
    if (!(cause instanceof S3ServiceException) || cause.$metadata.httpStatusCode !== 404) throw cause;
    throw new CodeseederError('BundleMissing', `There is no layer ${place}. ${SUBMIT_AGAIN}`, { cause });
  }
}

async function refuse(
  { key }: LayerReference,
  problem: string,
  { s3, bucket }: CheckLayersDependencies,
): Promise<never> {
  await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));
  throw new CodeseederError('BundleMissing', `${problem} ${SUBMIT_AGAIN}`);
}

/**
 * Refreshes a layer past half its life. One that was uploaded in parts cannot be: a copy of more than 5 GB takes parts,
 * too, and a copy of less has another checksum than the requests under way say. It is deleted in its last day.
 */
async function keepFromExpiring(
  layer: LayerReference,
  head: HeadObjectCommandOutput,
  place: string,
  dependencies: CheckLayersDependencies,
): Promise<void> {
  const { bundleExpirationDays, now } = dependencies;
  const ageDays = (now().getTime() - (head.LastModified ?? now()).getTime()) / MS_PER_DAY;
  if (layer.sizeBytes <= SINGLE_PUT_MAX_BYTES && !isComposite(layer.checksumSha256)) {
    if (ageDays > bundleExpirationDays / 2) await refresh(layer, head, dependencies);
  } else if (ageDays > bundleExpirationDays - 1) {
    await refuse(layer, `The layer ${place} was about to expire, and was deleted.`, dependencies);
  }
}

/** Expiry counts from an object's creation, and S3 takes a copy onto itself only when something is replaced. */
async function refresh(
  { key }: LayerReference,
  head: HeadObjectCommandOutput,
  { s3, bucket }: CheckLayersDependencies,
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
