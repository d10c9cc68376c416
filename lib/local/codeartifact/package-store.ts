import { join } from 'node:path';
import { Readable } from 'node:stream';

import type { PlaceContext } from '../place-context.js';
import { openBlobFolder, type Blob, type BlobFolder } from '../durable/blob-folder.js';
import { damaged } from '../durable/damage.js';
import { KeyedLock } from '../durable/keyed-lock.js';
import { valuesOf } from '../durable/values-of.js';
import type { Catalogue, RepositoryId } from './catalogue.js';
import type { PackageFormat, StoredAsset, StoredPackage } from './stored-package.js';

export interface PackageId {
  readonly repository: RepositoryId;
  readonly format: PackageFormat;
  /** The package's name: with its scope for npm, normalized for Python. */
  readonly name: string;
}

/** Folder with the content of assets, below the data folder. */
const FOLDER = 'codeartifact';
const EMPTY: StoredPackage = { versions: {}, tags: {} };

/** The packages of all repositories: a record for each package, and its assets as files. */
export type PackageStore = Awaited<ReturnType<typeof openPackageStore>>;

export async function openPackageStore(context: PlaceContext, catalogue: Catalogue) {
  const packages = context.store.collection<StoredPackage>('codeartifact-packages');
  const blobs = await openBlobFolder(join(context.dataFolder, FOLDER));
  const inUse = new Set((await valuesOf(packages)).flatMap(blobsOf).map(({ id }) => id));
  await blobs.sweep((id) => inUse.has(id));
  const lock = new KeyedLock();

  /**
   * Changes a package, serialized per repository. Deletes assets that the package no longer refers to.
   * @param apply returns the changed package; if it throws, nothing is changed
   * @throws AwsError `ResourceNotFoundException` when the repository was deleted in the meantime
   */
  const change = (id: PackageId, apply: (current: StoredPackage) => StoredPackage): Promise<StoredPackage> =>
    lock.run(prefixOf(id.repository), async () => {
      await catalogue.repository(id.repository.domain, id.repository.name);
      const key = keyOf(id);
      const current = (await packages.get(key)) ?? EMPTY;
      const changed = apply(current);
      if (Object.keys(changed.versions).length === 0) await packages.delete(key);
      else await packages.put(key, changed);
      const kept = new Set(blobsOf(changed).map((blob) => blob.id));
      await blobs.delete(blobsOf(current).filter((blob) => !kept.has(blob.id)));
      return changed;
    });
  return {
    find: (id: PackageId) => packages.get(keyOf(id)),
    async *list(repository: RepositoryId) {
      const prefix = prefixOf(repository);
      for await (const [key, stored] of packages.entries(prefix)) {
        const [format, ...name] = key.slice(prefix.length).split('/');
        yield { format: format as PackageFormat, name: name.join('/'), stored };
      }
    },
    change,
    /** Writes an asset and adds it to a package. Deletes the file again when the change fails. */
    async publish(
      id: PackageId,
      content: Buffer,
      apply: (current: StoredPackage, blob: Blob) => StoredPackage,
    ): Promise<StoredPackage> {
      const blob = await blobs.write(Readable.from([content]));
      try {
        return await change(id, (current) => apply(current, blob));
      } catch (error) {
        await blobs.delete([blob]);
        throw error;
      }
    },
    read: (find: () => Promise<StoredAsset>) => readAsset(context, blobs, find),
    /** Deletes a repository with all its packages. */
    deleteRepository: (repository: RepositoryId) =>
      lock.run(prefixOf(repository), async () => {
        await catalogue.deleteRepository(repository);
        const deleted: [key: string, stored: StoredPackage][] = [];
        for await (const entry of packages.entries(prefixOf(repository))) deleted.push(entry);
        await packages.batch(deleted.map(([key]) => ({ delete: key })));
        await blobs.delete(deleted.flatMap(([, stored]) => blobsOf(stored)));
      }),
  };
}

/**
 * Returns the key prefix of a repository's packages. It is unique, because names of domains and repositories have no
 * slash.
 */
function prefixOf({ domain, name }: RepositoryId): string {
  return `${domain}/${name}/`;
}

function keyOf({ repository, format, name }: PackageId): string {
  return `${prefixOf(repository)}${format}/${name}`;
}

function blobsOf({ versions }: StoredPackage): Blob[] {
  return Object.values(versions).flatMap(({ assets }) => assets.map(({ blob }) => blob));
}

/**
 * Reads the asset that `find` returns. If its content was deleted after `find` read the record, calls `find` again.
 * @throws LocalAwsError `DataFolderDamaged`, and what `find` throws
 */
async function readAsset(
  { dataFolder }: PlaceContext,
  blobs: BlobFolder,
  find: () => Promise<StoredAsset>,
): Promise<{ asset: StoredAsset; body: Readable }> {
  for (let missing: string | undefined; ;) {
    const asset = await find();
    const { blob, fileName } = asset;
    try {
      return { asset, body: await blobs.read([blob], 0, blob.sizeBytes - 1) };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
    if (blob.id === missing)
      throw damaged(dataFolder, join(dataFolder, FOLDER), `the content of ${fileName} is missing`);
    missing = blob.id;
  }
}
