import type { ExternalConnection, StoredRepository } from './catalogue.js';
import type { RegistryContext } from './package-request.js';
import type { PackageFormat, StoredPackage } from './stored-package.js';

/**
 * Returns a package as the repository shows it: with its own versions, and versions that only its upstreams have.
 */
export async function visiblePackage(
  { catalogue, packages }: RegistryContext,
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
  // Versions and tags of repositories that come earlier in the search order take precedence.
  return found.reduceRight<StoredPackage>(
    (farther, { versions, tags }) => ({
      versions: { ...farther.versions, ...versions },
      tags: { ...farther.tags, ...tags },
    }),
    { versions: {}, tags: {} },
  );
}

/** Returns whether a repository or one of its upstreams has an external connection. */
export async function isConnected(
  { catalogue }: RegistryContext,
  repository: StoredRepository,
  connection: ExternalConnection,
): Promise<boolean> {
  const order = await catalogue.searchOrder(repository);
  return order.some(({ externalConnections }) => externalConnections.includes(connection));
}
