/** Folder of the bundle that is ours; everything beside it is the user's `dirs` and `files`. */
export const BUNDLE_OWN_FOLDER = '.codeseeder';

/** Paths inside the bundle. */
export const BUNDLE_PATHS = {
  manifest: `${BUNDLE_OWN_FOLDER}/manifest.json`,
  nodeRunner: `${BUNDLE_OWN_FOLDER}/runner.mjs`,
  nodeModules: `${BUNDLE_OWN_FOLDER}/node`,
} as const;
