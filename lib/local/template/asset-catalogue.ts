import type { DurableStore } from '../durable/durable-store.js';

/** A file asset: what the assembly would upload, and where it lies. */
export interface FileAsset {
  readonly bucket: string;
  readonly key: string;
  /** Absolute path of the folder, or file, that the object would be made from. */
  readonly path: string;
}

/** Assets of the assemblies deployed so far: nothing is uploaded, they are taken from where they lie. */
export interface AssetCatalogue {
  add(assets: readonly FileAsset[]): Promise<void>;
  find(bucket: string, key: string): string | undefined;
}

export async function openAssetCatalogue(store: DurableStore): Promise<AssetCatalogue> {
  const collection = store.collection<string>('cloudformation-assets');
  const paths = new Map<string, string>();
  for await (const [name, path] of collection.entries()) paths.set(name, path);
  return {
    find: (bucket, key) => paths.get(nameOf(bucket, key)),
    async add(assets) {
      await collection.batch(
        assets.map(({ bucket, key, path }) => ({ put: nameOf(bucket, key), value: path })),
      );
      for (const { bucket, key, path } of assets) paths.set(nameOf(bucket, key), path);
    },
  };
}

function nameOf(bucket: string, key: string): string {
  return `${bucket}/${key}`;
}
