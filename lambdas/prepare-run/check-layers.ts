import { DeleteObjectCommand } from '@aws-sdk/client-s3';

import {
  type BundleReference,
  CodeseederError,
  isComposite,
  isContentOf,
  isNamedByChecksum,
  type LayerReference,
  publishedLayerKey,
  type RequestedVersion,
} from '../../lib/contract/index.js';
import { findObject, type FoundObject, type S3Bucket } from '../../lib/s3-objects.js';
import { copyLayer, isCopyable } from '../../lib/run-store/copy-layer.js';
import { findLayer } from './find-layer.js';

export interface CheckLayersDependencies extends S3Bucket {
  readonly bundleExpirationDays: number;
  readonly now: () => Date;
}

const MS_PER_DAY = 86_400_000;

const SUBMIT_AGAIN = 'Submit again: the client uploads a layer that is missing.';

/**
 * Checks that each layer in the bucket is the one that the request names, and prevents it from expiring during the run.
 * Deletes a layer that differs, because clients never overwrite an object and could not replace it. A prebuilt zip is
 * deleted only if its name proves that its content is wrong. The build checks none of its files, so if a request could
 * cause the deletion of a correct zip, another zip could be uploaded in its place for a run that is already queued.
 * @param published the published version that the run executes, whose copies of the layers do not expire
 * @returns the keys of the objects that the build reads, in the order of the layers
 * @throws CodeseederError `BundleMissing`
 */
export async function checkLayers(
  { layers }: BundleReference,
  dependencies: CheckLayersDependencies,
  published?: RequestedVersion,
): Promise<string[]> {
  const check = async (layer: LayerReference): Promise<string> =>
    (await publishedCopy(layer, published, dependencies)) ?? checkLayer(layer, dependencies);
  const checks = await Promise.allSettled(layers.map(check));
  // An error of S3 is thrown before any other error. It does not mean that a layer differs, and the state machine
  // retries it.
  const reasons = checks.flatMap((check) => (check.status === 'rejected' ? [check.reason as unknown] : []));
  const [first] = [...reasons.filter((reason) => !(reason instanceof CodeseederError)), ...reasons];
  if (first !== undefined) throw first as Error;
  return checks.flatMap((check) => (check.status === 'fulfilled' ? [check.value] : []));
}

/** Returns the key of a published version's copy of a layer, if it has the layer's content. */
async function publishedCopy(
  layer: LayerReference,
  published: RequestedVersion | undefined,
  dependencies: CheckLayersDependencies,
): Promise<string | undefined> {
  if (published === undefined) return undefined;
  const key = publishedLayerKey(published.name, published.publication, layer.key);
  const copy = await findObject(key, dependencies);
  return copy !== undefined && isContentOf(layer, copy) ? key : undefined;
}

async function checkLayer(layer: LayerReference, dependencies: CheckLayersDependencies): Promise<string> {
  const { key } = layer;
  const own = await findObject(key, dependencies);
  if (own !== undefined && isContentOf(layer, own) && !isHalfOver(own, dependencies)) return key;
  const { stored, freeKey } = await findLayer(layer, dependencies);
  if (stored === undefined) return refuseOwn(layer, own, dependencies);
  if (!isHalfOver(stored, dependencies)) return stored.key;
  return renewed(layer, stored, freeKey, dependencies);
}

/** Refuses the run. An object with the layer's key but other content is deleted, unless it may be the right one. */
async function refuseOwn(
  layer: LayerReference,
  own: FoundObject | undefined,
  dependencies: CheckLayersDependencies,
): Promise<never> {
  const { key, sizeBytes, checksumSha256 } = layer;
  const location = `s3://${dependencies.bucket}/${key}`;
  if (own === undefined) {
    throw new CodeseederError('BundleMissing', `There is no layer ${location}. ${SUBMIT_AGAIN}`);
  }
  const difference =
    own.sizeBytes === sizeBytes
      ? `the SHA-256 checksum ${own.checksumSha256 ?? '(none)'} instead of the request's ${checksumSha256}`
      : `${own.sizeBytes} bytes instead of the request's ${sizeBytes}`;
  if (layer.digest === undefined && mayBeNamed(own)) {
    const remedy = 'Check the checksum in the request, or wait until the object has expired.';
    throw new CodeseederError('BundleMissing', `The zip ${location} has ${difference}. ${remedy}`);
  }
  return refuse(key, `The layer ${location} had ${difference} and was deleted.`, dependencies);
}

/** Returns whether a prebuilt zip may have the SHA-256 in its name. A checksum of parts does not rule it out. */
function mayBeNamed({ key, checksumSha256 }: FoundObject): boolean {
  if (checksumSha256 === undefined) return false;
  return isComposite(checksumSha256) || isNamedByChecksum(key, checksumSha256);
}

async function refuse(key: string, problem: string, { s3, bucket }: CheckLayersDependencies): Promise<never> {
  await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));
  throw new CodeseederError('BundleMissing', `${problem} ${SUBMIT_AGAIN}`);
}

/**
 * Copies a layer that has reached half of its expiration age to a free key. If it cannot be copied, deletes it on its
 * last day, so that a client uploads it again. A prebuilt zip is not deleted, because runs may be queued with it.
 * @returns the key that the build reads
 * @throws CodeseederError `BundleMissing` on the last day of a layer that cannot be copied
 */
async function renewed(
  layer: LayerReference,
  stored: FoundObject,
  freeKey: string | undefined,
  dependencies: CheckLayersDependencies,
): Promise<string> {
  const { bucket, bundleExpirationDays } = dependencies;
  if (freeKey !== undefined && isCopyable(layer) && (await copyLayer(layer, stored, freeKey, dependencies))) {
    return freeKey;
  }
  if (ageDays(stored, dependencies) <= bundleExpirationDays - 1) return stored.key;
  if (layer.digest === undefined) {
    throw new CodeseederError(
      'BundleMissing',
      `The zip s3://${bucket}/${stored.key} expires within a day and cannot be copied. Submit again when it has expired: the client then uploads it.`,
    );
  }
  return refuse(
    stored.key,
    `The layer s3://${bucket}/${stored.key} was about to expire and was deleted.`,
    dependencies,
  );
}

function isHalfOver(found: FoundObject, dependencies: CheckLayersDependencies): boolean {
  return ageDays(found, dependencies) > dependencies.bundleExpirationDays / 2;
}

function ageDays({ lastModified }: FoundObject, { now }: CheckLayersDependencies): number {
  return (now().getTime() - (lastModified ?? now()).getTime()) / MS_PER_DAY;
}
