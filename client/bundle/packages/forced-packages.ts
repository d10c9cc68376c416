import { refusePacking } from '../layer/refuse-packing.js';
import type { PackageCatalog } from './package-catalog.js';
import type { PackageImport } from './package-closure.js';

/**
 * Checks the packages that options keep or bundle.
 *
 * @param project the project's folder, with links followed
 * @returns the packages to keep, as if a module of the project imported them
 * @throws CodeseederError `PackFailed` for one that is not installed, or is in both lists
 */
export function forcedPackages(
  packages: PackageCatalog,
  project: string,
  {
    nodeModules = [],
    bundledPackages = [],
  }: { nodeModules?: readonly string[]; bundledPackages?: readonly string[] },
): PackageImport[] {
  for (const name of nodeModules) {
    if (bundledPackages.includes(name)) {
      refusePacking(`${name} is in nodeModules and in bundledPackages; remove it from one of them`);
    }
    if (packages.resolve(project, name) === undefined) {
      refusePacking(
        `nodeModules has ${name}, which is not installed for ${project}; run npm i ${name}, or remove it`,
      );
    }
  }
  return [...new Set(nodeModules)].map((name) => ({ from: project, name }));
}
