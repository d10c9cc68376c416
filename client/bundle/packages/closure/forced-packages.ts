import { refusePacking } from '../../layer/refuse-packing.js';
import type { PackageCatalog } from './package-catalog.js';
import type { PackageImport } from './package-closure.js';

/**
 * Checks the options `nodeModules` and `bundledPackages`.
 *
 * @param project the project's folder, without links
 * @returns the packages to keep, as imports of the project
 * @throws CodeseederError `PackFailed` for a package that is not installed, or is in both lists
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
