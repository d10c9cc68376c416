import { isNativeHelper } from './native-signs.js';
import type { PackageJson } from './package-json.js';
import { PATH_PREFIX } from './script-load.js';

/** What no package loads by a name that it computes: this package itself, and declarations. */
const NEVER_LOADED = /^(?:codeseeder$|@types\/)/;

/**
 * Returns the project's direct dependencies that a package may load by a name that it computes, as pino does with
 * transports and express with view engines. `devDependencies` are not among them.
 *
 * @param prefixes what the computed names begin with
 */
export function namesLoadedBy(
  json: PackageJson,
  prefixes: readonly string[],
  project: PackageJson,
): readonly string[] {
  // They load the addon of another package, by its path.
  if (isNativeHelper(json.name)) return [];
  const own = [...json.dependencies, ...json.optionalDependencies, ...json.peerDependencies];
  const open = prefixes.filter((prefix) => prefix !== PATH_PREFIX && !isExplained(prefix, own));
  const direct = [...project.dependencies, ...project.optionalDependencies, ...project.peerDependencies];
  return [...new Set(direct)].filter(
    (name) => !NEVER_LOADED.test(name) && open.some((prefix) => couldBegin(prefix, name)),
  );
}

/** Whether names that begin so are among the package's own dependencies, as `@img/sharp-` is. */
function isExplained(prefix: string, own: readonly string[]): boolean {
  return prefix !== '' && own.some((name) => couldBegin(prefix, name));
}

/** A prefix may have a path behind the name: `eslint/lib/`. */
function couldBegin(prefix: string, name: string): boolean {
  return name.startsWith(prefix) || prefix.startsWith(`${name}/`);
}
