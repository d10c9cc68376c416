import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';

import type { LayerZip } from '../../../client/bundle/layer/layer.js';
import type { LayerToUpload } from '../../../client/submit/store-layer.js';
import { layerKey } from '../../../lib/contract/index.js';

/** A layer whose zip contains arbitrary bytes. */
export interface FakeLayer extends LayerToUpload {
  readonly digest: string;
  /** Returns the number of times that the zip was written. */
  readonly writes: () => number;
  /** Returns the number of written zips that were not released yet. */
  readonly open: () => number;
}

export function fakeLayer(
  name: string,
  zip: Buffer,
  overrides: { readonly write?: () => Promise<LayerZip> } = {},
): FakeLayer {
  const digest = createHash('sha256').update(name).digest('hex');
  let writes = 0;
  let open = 0;
  return {
    name,
    digest,
    key: layerKey(digest),
    writes: () => writes,
    open: () => open,
    async write(signal) {
      signal?.throwIfAborted();
      writes += 1;
      if (overrides.write !== undefined) return overrides.write();
      open += 1;
      return {
        sizeBytes: zip.length,
        checksumSha256: createHash('sha256').update(zip).digest('base64'),
        read: (start = 0, end = zip.length) =>
          Readable.from([zip.subarray(start, end)], { objectMode: false }),
        async dispose() {
          open -= 1;
        },
      };
    },
  };
}
