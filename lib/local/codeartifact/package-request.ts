import type { WireResponse } from '../wire/wire-service.js';
import type { Catalogue, StoredRepository } from './catalogue.js';
import type { PackageStore } from './package-store.js';
import type { PublicRegistries } from './public-registries.js';
import type { StoredAsset } from './stored-package.js';

/** A request of npm, pip or twine with a valid token. */
export interface PackageRequest {
  readonly method: string;
  /** The path below the repository's, percent-decoded. */
  readonly path: string;
  readonly contentType: string;
  readonly accept: string;
  readonly repository: StoredRepository;
  /** URL of the repository for the package format of the request, with a trailing slash. */
  readonly registryUrl: string;
  /** @throws AwsError `RequestEntityTooLarge` */
  readBody(this: void): Promise<Buffer>;
}

/** The stores that the registries of both formats use. */
export interface RegistryContext {
  readonly catalogue: Catalogue;
  readonly packages: PackageStore;
  readonly publicRegistries: PublicRegistries;
  /** Milliseconds since the epoch. */
  now(this: void): number;
}

export function jsonAnswer(body: object, status = 200): WireResponse {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}

export function redirectTo(location: string): WireResponse {
  return { status: 302, headers: { location } };
}

/**
 * Returns the response with the content of the asset that `find` returns. Calls `find` again if the content was deleted
 * meanwhile.
 */
export async function assetAnswer(
  packages: PackageStore,
  find: () => Promise<StoredAsset>,
): Promise<WireResponse> {
  const { asset, body } = await packages.read(find);
  return {
    status: 200,
    headers: {
      'content-type': 'application/octet-stream',
      'content-length': String(asset.blob.sizeBytes),
    },
    body,
  };
}
