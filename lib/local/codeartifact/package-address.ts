import type { PlaceContext } from '../place-context.js';
import type { PackageFormat } from './stored-package.js';

/** No bucket's name begins so, and what is below it is told apart from S3. */
export const PACKAGES_PATH = '/_codeartifact/';

export interface RegistryAddress {
  readonly domain: string;
  readonly format: PackageFormat;
  readonly repository: string;
}

/** The path that a repository's packages of a format are below. */
export function registryPath({ domain, format, repository }: RegistryAddress): string {
  return `${PACKAGES_PATH}${domain}/${format}/${repository}/`;
}

/** The URL that npm, pip and twine are given. */
export function registryUrl(context: PlaceContext, address: RegistryAddress): string {
  return `${context.endpoint()}${registryPath(address)}`;
}

/** @returns undefined for a path of another shape; `rest` is what follows, as it was sent */
export function parseRegistryPath(path: string): (RegistryAddress & { readonly rest: string }) | undefined {
  const [domain, format, repository, ...rest] = path.slice(PACKAGES_PATH.length).split('/');
  if (!domain || !repository || (format !== 'npm' && format !== 'pypi')) return undefined;
  return { domain, format, repository, rest: rest.join('/') };
}
