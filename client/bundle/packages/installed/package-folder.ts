const NODE_MODULES = 'node_modules';

/** Folders in `node_modules` that package managers create and that are not packages. */
const NO_PACKAGES = new Set(['.bin', '.cache', '.pnpm', '.store', '.vite']);

/**
 * Returns the folder of the package that contains a resolved file: the folder below the last `node_modules` of its
 * path, also in a zip of Yarn. A `package.json` in a subfolder does not start another package.
 *
 * @param file absolute path without links
 * @returns undefined for the user's own modules, including packages of a workspace
 */
export function packageFolderOf(file: string): string | undefined {
  const segments = file.split(/[\\/]/);
  const top = segments.lastIndexOf(NODE_MODULES);
  const first = segments[top + 1];
  if (top < 0 || first === undefined || NO_PACKAGES.has(first)) return undefined;
  // A generated package such as `.prisma/client` has two segments, like a package with a scope.
  const depth = first.startsWith('@') || first.startsWith('.') ? 2 : 1;
  const end = top + 1 + depth;
  if (segments.length <= end) return undefined;
  return file.slice(0, segments.slice(0, end).join('/').length);
}
