import type { WireResponse } from '../wire/wire-service.js';
import type { PackageStore } from './package-store.js';
import type { StoredAsset } from './stored-package.js';

/** Returns the response with an asset's content. */
export async function assetAnswer(packages: PackageStore, asset: StoredAsset): Promise<WireResponse> {
  return {
    status: 200,
    headers: {
      'content-type': 'application/octet-stream',
      'content-length': String(asset.blob.sizeBytes),
    },
    body: await packages.read(asset),
  };
}
