import { z } from 'zod';

import { parseWith } from './parse.js';

/** What the runner needs to know of the bundle it lies in. */
export const bundleManifestSchema = z.strictObject({
  version: z.literal(1),
  /** Module name, as targets use it, to the bundled file's path inside the bundle. */
  modules: z.record(z.string(), z.string()),
});
export type BundleManifest = z.infer<typeof bundleManifestSchema>;

/** @throws CodeseederError `InvalidRequest` */
export function parseBundleManifest(value: unknown): BundleManifest {
  return parseWith(bundleManifestSchema, value, 'bundle manifest');
}
