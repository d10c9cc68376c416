import path from 'node:path';

import type { FileEntry, LayerEntry } from '../layer/layer.js';
import { closureOf } from '../packages/closure-of.js';
import { buildPlatformOf, type BuildEnvironment } from '../packages/build-platform.js';
import { forcedPackages } from '../packages/forced-packages.js';
import { foreignBinaries } from '../packages/foreign-binaries.js';
import { installPlan, type InstallPlan } from '../packages/install-plan.js';
import { judgePackage } from '../packages/judge-package.js';
import { openPackages } from '../packages/package-catalog.js';
import type { PackageClosure, PackageImport } from '../packages/package-closure.js';
import { placePackages, type PackagePlaces } from '../packages/package-places.js';
import { packagesLayer } from '../packages/packages-layer.js';
import { inBuildPackage } from './in-build-package.js';
import { packedInstallation } from './packed-installation.js';

/** How packages are taken along. */
export interface PackageOptions {
  /** Packages to keep as files: names as in `package.json`. */
  readonly nodeModules?: readonly string[];
  /** Packages to bundle although they would be kept as files. */
  readonly bundledPackages?: readonly string[];
  /** Where the build runs, which tells the platform of its binaries. @default Linux on x64 with glibc */
  readonly environment?: BuildEnvironment;
  /** Whether to read packages again whose verdict is kept from an earlier call. @default false */
  readonly verify?: boolean;
}

/** Packages as they go into a bundle. */
export interface PackedPackages {
  readonly entries: readonly LayerEntry[];
  /** Commands that install packages in the build which cannot be taken along from this machine. */
  readonly installCommands: readonly string[];
}

/** The packages of one bundle that stay files. It grows while the modules are discovered. */
export interface KeptPackages {
  /** Folders of packages that are bundled whatever they do. */
  readonly forcedToBundle: ReadonlySet<string>;
  /**
   * Tells whether a package stays files.
   * @param file the file of it that is imported
   */
  isKept(folder: string, file: string): boolean;
  /** Keeps a package as files from now on, for it cannot be bundled. */
  keep(folder: string): void;
  /** Keeps what an import leads to. Passes over a name that is not installed: it fails when it is reached. */
  keepImport(wanted: PackageImport): void;
  /** Finds all packages that the kept ones may load. They are kept from now on. */
  complete(): CompletePackages;
  /** @param base folder that becomes the bundle's root */
  pack(complete: CompletePackages, base: string): Promise<PackedPackages>;
}

/** All packages that stay files. */
export interface CompletePackages {
  readonly closure: PackageClosure;
  /** How the build installs them, where those of this machine do not run there. */
  readonly install: InstallPlan | undefined;
}

/** Name of this very package, of which a build has another client. */
export const OWN_PACKAGE = 'codeseeder';

/** @param root folder of the user's project */
export function createKeptPackages(
  root: string,
  { nodeModules = [], bundledPackages = [], environment = {}, verify = false }: PackageOptions,
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
    keepImport(wanted) {
      if (catalog.resolve(wanted.from, wanted.name) !== undefined) addImport(wanted);
    },
    complete() {
      const closure = closureOf(catalog, [...imports.values()], {
        project: root,
        bundled: bundledPackages,
        leaves: [OWN_PACKAGE],
      });
      kept = new Set(closure.packages.keys());
      const platform = buildPlatformOf(environment);
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

  function addImport(wanted: PackageImport): void {
    imports.set(`${wanted.from}\0${wanted.name}`, wanted);
  }
}

/** Files that import `codeseeder` get what it is in a build. */
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

/** Whether a link leads to a file that is replaced, such as a command's. */
function leadsInto(link: string, target: string, folder: string): boolean {
  return path.posix.join(path.posix.dirname(link), target).startsWith(`${folder}/`);
}
