import path from 'node:path';

/**
 * Returns the folder that becomes the bundle's root. It contains the user's modules and the packages installed for
 * them: the project's folder, unless modules or a `node_modules` of a workspace are above it. Packages that are
 * installed elsewhere, such as in a global store, are ignored.
 *
 * @param project the project's folder
 * @param files the user's modules
 * @param packageFolders folders of packages that are kept as files
 */
export function commonBase(
  project: string,
  files: readonly string[],
  packageFolders: readonly string[],
): string {
  const own = commonFolder([project, ...files.map((file) => path.dirname(file))]);
  const installedFor = packageFolders.map(parentOfModules).filter((folder) => folder !== undefined);
  return commonFolder([own, ...installedFor.filter((folder) => isInside(own, folder))]);
}

/**
 * Returns the folder that contains a package in its `node_modules`. If such folders are nested, returns the outermost.
 */
function parentOfModules(folder: string): string | undefined {
  const marker = `${path.sep}node_modules${path.sep}`;
  const start = folder.indexOf(marker);
  return start < 0 || folder.includes('.zip' + marker) ? undefined : folder.slice(0, start) || path.sep;
}

function commonFolder(folders: readonly string[]): string {
  const [first = path.sep, ...rest] = folders;
  return rest.reduce((common, folder) => {
    let shared = common;
    while (!isInside(folder, shared)) shared = path.dirname(shared);
    return shared;
  }, first);
}

function isInside(folder: string, parent: string): boolean {
  return folder === parent || folder.startsWith(parent.endsWith(path.sep) ? parent : parent + path.sep);
}
