import { isNativeHelper } from '../scan/native-signs.js';
import type { PackageJson } from '../installed/package-json.js';
import { PATH_PREFIX } from '../scan/script-load.js';

/** Packages that are never loaded by a computed name: this one, and type declarations. */
const NEVER_LOADED = /^(?:codeseeder$|@types\/)/;

/**
 * Returns the project's direct dependencies that a package may load by a computed name, as pino does with transports
 * and express with view engines. Does not include `devDependencies`.
 *
 * @param prefixes beginnings of the computed names
 */
export function namesLoadedBy(
  json: PackageJson,
  prefixes: readonly string[],
  project: PackageJson,
): readonly string[] {
  // A native helper loads the addon of another package by a path, so its computed paths name no packages.
  if (isNativeHelper(json.name)) return [];
  const own = [...json.dependencies, ...json.optionalDependencies, ...json.peerDependencies];
  const open = prefixes.filter((prefix) => prefix !== PATH_PREFIX && !isExplained(prefix, own));
  const direct = [...project.dependencies, ...project.optionalDependencies, ...project.peerDependencies];
  return [...new Set(direct)].filter(
    (name) => !NEVER_LOADED.test(name) && open.some((prefix) => couldBegin(prefix, name)),
  );
}

/** Returns whether a prefix belongs to one of the package's own dependencies, such as `@img/sharp-`. */
function isExplained(prefix: string, own: readonly string[]): boolean {
  return prefix !== '' && own.some((name) => couldBegin(prefix, name));
}

/**
 * Returns whether a computed name may be that of a package. A prefix may have a path after the name, such as
 * `eslint/lib/`.
 */
function couldBegin(prefix: string, name: string): boolean {
  return name.startsWith(prefix) || prefix.startsWith(`${name}/`);
}
