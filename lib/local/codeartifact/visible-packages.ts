import type { Catalogue, ExternalConnection, StoredRepository } from './catalogue.js';
import type { PackageStore } from './package-store.js';
import type { PackageFormat, StoredPackage } from './stored-package.js';

/** What a repository shows of a package: its own versions, and its upstreams' that it does not have itself. */
export async function visiblePackage(
  catalogue: Catalogue,
  packages: PackageStore,
  repository: StoredRepository,
  format: PackageFormat,
  name: string,
): Promise<StoredPackage | undefined> {
  const found: StoredPackage[] = [];
  for (const each of await catalogue.searchOrder(repository)) {
    const stored = await packages.find({ repository: each, format, name });
    if (stored !== undefined) found.push(stored);
  }
  if (found.length === 0) return undefined;
  // The later ones of a spread win, and the nearest repository is to.
  const farthestFirst = found.reverse();
  return {
    versions: Object.assign(
      {},
      ...farthestFirst.map(({ versions }) => versions),
    ) as StoredPackage['versions'],
    tags: Object.assign({}, ...farthestFirst.map(({ tags }) => tags)) as StoredPackage['tags'],
  };
}

/** Whether a repository or one behind it leads to a public registry. */
export async function isConnected(
  catalogue: Catalogue,
  repository: StoredRepository,
  connection: ExternalConnection,
): Promise<boolean> {
  const order = await catalogue.searchOrder(repository);
  return order.some(({ externalConnections }) => externalConnections.includes(connection));
}
