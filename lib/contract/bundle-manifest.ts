import { z } from 'zod';

import { parseWith } from './parse.js';

/** Folder of the bundle that is ours; everything beside it is the user's `dirs` and `files`. */
export const BUNDLE_OWN_FOLDER = '.codeseeder';

/** Paths inside the bundle. */
export const BUNDLE_PATHS = {
  manifest: `${BUNDLE_OWN_FOLDER}/manifest.json`,
  nodeRunner: `${BUNDLE_OWN_FOLDER}/runner.mjs`,
  nodeModules: `${BUNDLE_OWN_FOLDER}/node`,
} as const;

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
