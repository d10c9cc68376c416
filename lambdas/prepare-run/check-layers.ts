import { CopyObjectCommand, DeleteObjectCommand } from '@aws-sdk/client-s3';

import {
  type BundleReference,
  CodeseederError,
  isComposite,
  type LayerReference,
  SINGLE_PUT_MAX_BYTES,
} from '../../lib/contract/index.js';
import { findObject, type FoundObject, type RunFiles } from '../../lib/run-store/objects.js';

export interface CheckLayersDependencies extends RunFiles {
  readonly bundleExpirationDays: number;
  readonly now: () => Date;
}

const MS_PER_DAY = 86_400_000;

const SUBMIT_AGAIN = 'Submit again: the client uploads a layer that is missing.';

/**
 * Checks that each layer in the bucket is the one that the request names, and keeps it from expiring during the run.
 * Deletes a layer that differs: clients never overwrite an object, so they could not replace it.
 * @throws CodeseederError `BundleMissing`
 */
export async function checkLayers(
  { layers }: BundleReference,
  dependencies: CheckLayersDependencies,
): Promise<void> {
  const checks = await Promise.allSettled(layers.map((layer) => checkLayer(layer, dependencies)));
  // Throws an error of S3 first: it does not mean that a layer is wrong, and the state is retried.
  const reasons = checks.flatMap((check) => (check.status === 'rejected' ? [check.reason as unknown] : []));
  const [first] = [...reasons.filter((reason) => !(reason instanceof CodeseederError)), ...reasons];
  if (first !== undefined) throw first as Error;
}

async function checkLayer(layer: LayerReference, dependencies: CheckLayersDependencies): Promise<void> {
  const place = `s3://${dependencies.bucket}/${layer.key}`;
  const found = await findObject(layer.key, dependencies);
  if (found === undefined) {
    throw new CodeseederError('BundleMissing', `There is no layer ${place}. ${SUBMIT_AGAIN}`);
  }
  if (found.sizeBytes !== layer.sizeBytes) {
    await refuse(
      layer,
      `The layer ${place} had ${found.sizeBytes} bytes instead of the request's ${layer.sizeBytes} and was deleted.`,
      dependencies,
    );
  }
  if (found.checksumSha256 !== layer.checksumSha256) {
    await refuse(
      layer,
      `The layer ${place} had the SHA-256 checksum ${found.checksumSha256 ?? '(none)'} instead of the request's ${layer.checksumSha256} and was deleted.`,
      dependencies,
    );
  }
  await keepFromExpiring(layer, found, place, dependencies);
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
 * Refreshes a layer past half its life. A layer that was uploaded in parts is deleted on its last day instead: a copy
 * of more than 5 GB needs parts, too, and a smaller copy has another checksum than the requests under way name.
 */
async function keepFromExpiring(
  layer: LayerReference,
  found: FoundObject,
  place: string,
  dependencies: CheckLayersDependencies,
): Promise<void> {
  const { bundleExpirationDays, now } = dependencies;
  const ageDays = (now().getTime() - (found.lastModified ?? now()).getTime()) / MS_PER_DAY;
  if (layer.sizeBytes <= SINGLE_PUT_MAX_BYTES && !isComposite(layer.checksumSha256)) {
    if (ageDays > bundleExpirationDays / 2) await refresh(layer, found, dependencies);
  } else if (ageDays > bundleExpirationDays - 1) {
    await refuse(layer, `The layer ${place} was about to expire and was deleted.`, dependencies);
  }
}

/** Copies the layer onto itself: it expires by its creation time. S3 requires such a copy to replace the metadata. */
async function refresh(
  { key }: LayerReference,
  found: FoundObject,
  { s3, bucket }: CheckLayersDependencies,
): Promise<void> {
  await s3.send(
    new CopyObjectCommand({
      Bucket: bucket,
      Key: key,
      CopySource: `${bucket}/${key}`,
      MetadataDirective: 'REPLACE',
      ContentType: found.contentType,
      Metadata: found.metadata,
      ChecksumAlgorithm: 'SHA256',
    }),
  );
}
