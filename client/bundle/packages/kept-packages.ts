import path from 'node:path';

import type { FileEntry, LayerEntry } from '../layer/layer.js';
import { closureOf } from './closure/closure-of.js';
import { buildPlatformOf, type BuildCompute } from './install/build-platform.js';
import { forcedPackages } from './closure/forced-packages.js';
import { foreignBinaries } from './install/foreign-binaries.js';
import { installPlan, type InstallPlan } from './install/install-plan.js';
import { judgePackage } from './closure/judge-package.js';
import { openPackages } from './closure/package-catalog.js';
import type { PackageClosure, PackageImport } from './closure/package-closure.js';
import { placePackages, type PackagePlaces } from './places/package-places.js';
import { packagesLayer } from './places/packages-layer.js';
import { inBuildPackage } from './in-build-package.js';
import { packedInstallation } from './install/packed-installation.js';

/** How packages are included. */
export interface PackageOptions {
  /** Packages to keep as files: names as in `package.json`. */
  readonly nodeModules?: readonly string[];
  /** Packages to bundle although they would be kept as files. */
  readonly bundledPackages?: readonly string[];
  /**
   * Environment type and image of the build, which determine the platform of binaries.
   * @default Linux on x64 with glibc
   */
  readonly compute?: BuildCompute;
  /** Whether to read packages again instead of trusting scans of earlier calls. @default false */
  readonly verify?: boolean;
}

/** The packages of a bundle. */
export interface PackedPackages {
  readonly entries: readonly LayerEntry[];
  /** Commands that install packages in the build, because the installed ones are for the platform of this machine. */
  readonly installCommands: readonly string[];
}

/** The packages of one bundle that are kept as files. Each round of packing may add some. */
export interface KeptPackages {
  /** Folders of the packages in `bundledPackages`, which are bundled even if packing would keep them as files. */
  readonly forcedToBundle: ReadonlySet<string>;
  /**
   * Returns whether a package is kept as files.
   * @param file the imported file of the package
   */
  isKept(folder: string, file: string): boolean;
  /** Keeps a package as files from now on, because it cannot be bundled. */
  keep(folder: string): void;
  /** Keeps the package of an import. Ignores a package that is not installed: its import fails at run time. */
  keepImport(imported: PackageImport): void;
  /** Finds all packages that the kept ones may load. They are kept from now on. */
  complete(): CompletePackages;
  /** Returns the files of all kept packages. @param base folder that becomes the bundle's root */
  pack(complete: CompletePackages, base: string): Promise<PackedPackages>;
}

/** All packages that are kept as files. */
export interface CompletePackages {
  readonly closure: PackageClosure;
  /** How the build installs the packages, if the installed ones are for the platform of this machine. */
  readonly install: InstallPlan | undefined;
}

/** Name of this package, which is replaced by the client for builds. */
export const OWN_PACKAGE = 'codeseeder';

/** Opens the kept packages of a bundle. @param root folder of the user's project */
export function createKeptPackages(
  root: string,
  { nodeModules = [], bundledPackages = [], compute = {}, verify = false }: PackageOptions,
): KeptPackages {
  const catalog = openPackages({ verify });
  const imports = new Map<string, PackageImport>();
  const unbundlable = new Set<string>();
  let kept: ReadonlySet<string> = new Set();
  const forcedToBundle = new Set(
    bundledPackages.flatMap((name) => catalog.resolve(root, name)?.folder ?? []),
  );
  for (const forced of forcedPackages(catalog, root, { nodeModules, bundledPackages })) addImport(forced);
  return {
    forcedToBundle,
    isKept(folder, file) {
      if (forcedToBundle.has(folder)) return false;
      return kept.has(folder) || unbundlable.has(folder) || judgePackage(catalog, folder, file).keep;
    },
    keep: (folder) => void unbundlable.add(folder),
    keepImport(imported) {
      if (catalog.resolve(imported.from, imported.name) !== undefined) addImport(imported);
    },
    complete() {
      const closure = closureOf(catalog, [...imports.values()], {
        project: root,
        bundled: bundledPackages,
        leaves: [OWN_PACKAGE],
      });
      kept = new Set(closure.packages.keys());
      const platform = buildPlatformOf(compute);
      const foreign = foreignBinaries(catalog, closure, platform);
      const install =
        foreign.length === 0 ? undefined : installPlan(catalog, root, closure, foreign, platform);
      return { closure, install };
    },
    async pack({ closure, install }, base) {
      catalog.tidy();
      if (install !== undefined) return packedInstallation(install, base);
      const places = placePackages(closure, base);
      const entries = packagesLayer(catalog, closure, base, places);
      return { entries: await withInBuildPackage(entries, closure, places), installCommands: [] };
    },
  };

  function addImport(imported: PackageImport): void {
    imports.set(`${imported.from}\0${imported.name}`, imported);
  }
}

/** Replaces the files of `codeseeder` by those of the client for builds. */
async function withInBuildPackage(
  entries: readonly LayerEntry[],
  { packages }: PackageClosure,
  places: PackagePlaces,
): Promise<LayerEntry[]> {
  const own = [...packages.values()].filter(({ name }) => name === OWN_PACKAGE);
  const folders = own.map(({ folder }) => places.placeOf(folder));
  const replaced: FileEntry[] = [];
  for (const folder of folders) replaced.push(...(await inBuildPackage(folder)));
  const isReplaced = (entry: LayerEntry) =>
    folders.some((folder) => entry.path.startsWith(`${folder}/`)) ||
    (entry.kind === 'link' && folders.some((folder) => leadsInto(entry.path, entry.target, folder)));
  return [...entries.filter((entry) => !isReplaced(entry)), ...replaced];
}

/** Returns whether a link leads to a replaced file, such as a link in `node_modules/.bin`. */
function leadsInto(link: string, target: string, folder: string): boolean {
  return path.posix.join(path.posix.dirname(link), target).startsWith(`${folder}/`);
}
