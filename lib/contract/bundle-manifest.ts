import { z } from 'zod';

import { parseWith } from './parse.js';

/** Maps the modules of a bundle to its files, for the runner. */
export const bundleManifestSchema = z.strictObject({
  version: z.literal(1),
  /** From the module name that targets use to the path of the bundled file, relative to the bundle's root. */
  modules: z.record(z.string(), z.string()),
});
export type BundleManifest = z.infer<typeof bundleManifestSchema>;

/** Parses a bundle manifest. @throws CodeseederError `InvalidRequest` */
export function parseBundleManifest(value: unknown): BundleManifest {
  return parseWith(bundleManifestSchema, value, 'bundle manifest');
}
