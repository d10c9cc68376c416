import { buffer } from 'node:stream/consumers';

import type { PackedBundle } from '../../../client/bundle/pack-bundle.js';
import { LAYER_MANIFESTS_FOLDER } from '../../../lib/contract/index.js';
import { readZip, type UnpackedEntry } from './read-zip.js';

/** Returns the files of all layers of a bundle by path, without the layers' manifests. */
export async function readBundle({
  layers,
}: Pick<PackedBundle, 'layers'>): Promise<Record<string, UnpackedEntry>> {
  const entries: [string, UnpackedEntry][] = [];
  for (const layer of layers) {
    const zip = await layer.write();
    try {
      entries.push(...Object.entries(await readZip(await buffer(zip.read()))));
    } finally {
      await zip.dispose();
    }
  }
  const own = entries.filter(([name]) => !name.startsWith(`${LAYER_MANIFESTS_FOLDER}/`));
  return Object.fromEntries(own.sort(([one], [other]) => (one < other ? -1 : 1)));
}
