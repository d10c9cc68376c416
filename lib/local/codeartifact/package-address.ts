import type { PlaceContext } from '../place-context.js';
import type { PackageFormat } from './stored-package.js';

/**
 * Path that cannot be the path of an S3 request, because names of buckets cannot start with an underscore.
 */
export const PACKAGES_PATH = '/_codeartifact/';

export interface RegistryAddress {
  readonly domain: string;
  readonly format: PackageFormat;
  readonly repository: string;
}

/** Returns the path of a repository in a package format. */
export function registryPath({ domain, format, repository }: RegistryAddress): string {
  return `${PACKAGES_PATH}${domain}/${format}/${repository}/`;
}

/** Returns the URL of a repository for npm, pip or twine. */
export function registryUrl(context: PlaceContext, address: RegistryAddress): string {
  return `${context.endpoint()}${registryPath(address)}`;
}

/**
 * Parses the path of a repository.
 * @returns undefined for another path. `rest` is the remaining path, still encoded
 */
export function parseRegistryPath(path: string): (RegistryAddress & { readonly rest: string }) | undefined {
  const [domain, format, repository, ...rest] = path.slice(PACKAGES_PATH.length).split('/');
  if (!domain || !repository || (format !== 'npm' && format !== 'pypi')) return undefined;
  return { domain, format, repository, rest: rest.join('/') };
}
