import {
  definitionKey,
  findVersion,
  parseTargetReference,
  publishedLayersPrefix,
  PUBLISHED_LAYERS_PREFIX,
  type TargetReference,
  type TargetState,
  without,
} from '../../lib/contract/index.js';
import type { S3Bucket } from '../../lib/s3-objects.js';
import type { Connection } from '../connection/connection.js';
import { filesOf } from '../connection/seedkit-resources.js';

/**
 * Age from which layers without a version are deleted. Younger ones may be those of a publication that has not added
 * its version yet.
 */
const ORPHAN_MS = 24 * 60 * 60_000;

/**
 * Removes what a reference names, and deletes the layers that no version uses any more. Each publication has its own
 * copies of layers, so deleting them does not affect another version.
 */
export async function removeFromTarget(reference: string, connection: Connection): Promise<TargetState> {
  const files = await filesOf(connection);
  const { changeTarget, readTarget } = await import('../../lib/run-store/targets.js');
  const wanted = parseTargetReference(reference);
  const before = await readTarget(wanted.name, connection.seedkit, files);
  // Fails fast: checks the reference before anything is written.
  if (wanted.version !== undefined || wanted.alias !== undefined) findVersion(before, wanted);
  const { refuseScheduled } = await import('../schedules/schedules-of-target.js');
  await refuseScheduled(isLast(before, wanted) ? { name: wanted.name } : wanted, connection);
  let removed: readonly string[] = [];
  const after = await changeTarget(
    wanted.name,
    (target) => {
      const rest = without(target, wanted);
      const kept = new Set(publicationsOf(rest));
      removed = publicationsOf(target).filter((publication) => !kept.has(publication));
      return rest;
    },
    files,
  );
  await sweepLayers(after, removed, files);
  return after;
}

/** Returns whether a removal leaves no version, so that nothing can start the target. */
function isLast({ versions }: TargetState, { version }: TargetReference): boolean {
  return version !== undefined && versions.length === 1;
}

function publicationsOf({ versions }: TargetState): string[] {
  return versions.map(({ publication }) => publication);
}

/**
 * Deletes the layers of publications that were removed, or that never became a version.
 * @param removed ids of publications whose versions were removed
 */
export async function sweepLayers(
  target: TargetState,
  removed: readonly string[],
  files: S3Bucket,
): Promise<void> {
  const { paginateListObjectsV2, DeleteObjectCommand } = await import('@aws-sdk/client-s3');
  const kept = new Set(publicationsOf(target));
  const gone = new Set(removed);
  const prefix = `${PUBLISHED_LAYERS_PREFIX}${target.name}/`;
  const pages = paginateListObjectsV2({ client: files.s3 }, { Bucket: files.bucket, Prefix: prefix });
  for await (const { Contents = [] } of pages) {
    for (const { Key = '', LastModified = new Date() } of Contents) {
      const [publication = ''] = Key.slice(prefix.length).split('/');
      if (kept.has(publication) || !Key.startsWith(publishedLayersPrefix(target.name, publication))) continue;
      const isOrphan = Date.now() - LastModified.getTime() > ORPHAN_MS;
      if (isOrphan || gone.has(publication))
        await files.s3.send(new DeleteObjectCommand({ Bucket: files.bucket, Key }));
    }
  }
  for (const publication of removed) {
    const Key = definitionKey(target.name, publication);
    await files.s3.send(new DeleteObjectCommand({ Bucket: files.bucket, Key }));
  }
}
