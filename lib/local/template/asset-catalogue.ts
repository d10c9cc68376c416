import type { DurableStore } from '../durable/durable-store.js';

/**
 * A file asset: the bucket and key to which a deployment to AWS would upload it, and the path of its content.
 */
export interface FileAsset {
  readonly bucket: string;
  readonly key: string;
  /** Absolute path of the folder or file. */
  readonly path: string;
}

/**
 * The assets of all assemblies that were deployed. They are not uploaded: services read them from their paths.
 */
export type AssetCatalogue = Awaited<ReturnType<typeof openAssetCatalogue>>;

export async function openAssetCatalogue(store: DurableStore) {
  const collection = store.collection<string>('cloudformation-assets');
  const paths = new Map<string, string>();
  for await (const [name, path] of collection.entries()) paths.set(name, path);
  return {
    find: (bucket: string, key: string) => paths.get(nameOf(bucket, key)),
    async add(assets: readonly FileAsset[]): Promise<void> {
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
