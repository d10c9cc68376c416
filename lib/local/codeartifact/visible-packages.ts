import type { Catalogue, ExternalConnection, StoredRepository } from './catalogue.js';
import type { PackageStore } from './package-store.js';
import type { PackageFormat, StoredPackage } from './stored-package.js';

/** Returns a package with the versions of the repository and those that only its upstreams have. */
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
  // Later versions overwrite earlier ones, and those of the nearest repository take precedence.
  const farthestFirst = found.reverse();
  return {
    versions: Object.assign(
      {},
      ...farthestFirst.map(({ versions }) => versions),
    ) as StoredPackage['versions'],
    tags: Object.assign({}, ...farthestFirst.map(({ tags }) => tags)) as StoredPackage['tags'],
  };
}

/** Whether a repository or one of its upstreams has an external connection. */
export async function isConnected(
  catalogue: Catalogue,
  repository: StoredRepository,
  connection: ExternalConnection,
): Promise<boolean> {
  const order = await catalogue.searchOrder(repository);
  return order.some(({ externalConnections }) => externalConnections.includes(connection));
}
