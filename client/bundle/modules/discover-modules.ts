import path from 'node:path';
import { fileURLToPath } from 'node:url';

import type { Metafile } from 'esbuild';

import { CodeseederError } from '../../../lib/contract/index.js';
import { commonBase } from '../packages/places/common-base.js';
import { packageFolderOf } from '../packages/installed/package-folder.js';
import { besideFiles, type PackWarning } from './beside-files.js';
import {
  createKeptPackages,
  type CompletePackages,
  type KeptPackages,
  type PackageOptions,
  type PackedPackages,
} from '../packages/kept-packages.js';
import { isSamePlan, modulePlan, type ModulePlan } from './module-plan.js';
import type { BuildFindings } from './module-plugin.js';
import { followNative, quirkyModules } from './native-modules.js';
import { readOwnModule, type OwnModule } from './own-module.js';
import { runEsbuild, type OutputFile } from './run-esbuild.js';

/** The compiled modules of a bundle, and the files and packages that are included uncompiled. */
export interface DiscoveredModules {
  readonly plan: ModulePlan;
  readonly metafile: Metafile;
  /** Compiled files, with absolute paths below the plan's base. */
  readonly outputs: readonly OutputFile[];
  /** The user's modules that are compiled. */
  readonly own: readonly string[];
  /** Files to include as they are. */
  readonly data: ReadonlySet<string>;
  /** Empty folders that code lists. */
  readonly folders: ReadonlySet<string>;
  readonly packages: PackedPackages;
  readonly warnings: readonly PackWarning[];
}

const SCRIPT = /\.[cm]?js$/;

/** The folder with `client` and `lib`: that of this package, or its `dist`. */
const OWN_FOLDER = path.resolve(fileURLToPath(new URL('../../..', import.meta.url)));
const PACKAGE_FOLDER = path.basename(OWN_FOLDER) === 'dist' ? path.dirname(OWN_FOLDER) : OWN_FOLDER;
const PACKAGE_CODE = ['dist', 'client', 'lib'].map((name) => path.join(PACKAGE_FOLDER, name, path.sep));

/**
 * Maximum number of rounds, more than any project needs. Each round except for the last includes at least one more file
 * or package.
 */
const ROUNDS_MAX = 50;

/**
 * Compiles modules repeatedly until a round finds nothing new. A round may find modules that are loaded by a computed
 * name, files to include, and packages that cannot be bundled because another package loads them.
 */
export async function discoverModules(
  targets: readonly string[],
  root: string,
  options: PackageOptions & { readonly minify?: boolean },
): Promise<DiscoveredModules> {
  const packages = createKeptPackages(root, options);
  const readOwn = ownModuleReader(root);
  let plan = modulePlan({
    base: root,
    entries: targets,
    native: new Set(),
    closure: packages.complete().closure,
  });
  for (let round = 1; round <= ROUNDS_MAX; round += 1) {
    const findings = emptyFindings();
    const built = await runEsbuild(plan, { findings, readOwn, packages, minify: options.minify ?? false });
    const next = await nextRound(plan, targets, root, { findings, readOwn, packages });
    if (isSamePlan(plan, next.plan)) {
      if (built.failure) throw built.failure;
      return { ...built, ...next, packages: await packages.pack(next.complete, plan.base) };
    }
    plan = next.plan;
  }
  throw new CodeseederError(
    'PackFailed',
    `Packing ${root} did not finish: after ${ROUNDS_MAX} rounds it still found new modules. Please report this with an example at https://github.com/codeseeder/codeseeder/issues.`,
  );
}

interface Round {
  readonly findings: BuildFindings;
  readonly readOwn: (file: string) => Promise<OwnModule>;
  readonly packages: KeptPackages;
}

async function nextRound(
  plan: ModulePlan,
  targets: readonly string[],
  root: string,
  { findings, readOwn, packages }: Round,
): Promise<
  Pick<DiscoveredModules, 'plan' | 'own' | 'data' | 'folders' | 'warnings'> & { complete: CompletePackages }
> {
  const loadedByNode = [...plan.native].filter((file) => SCRIPT.test(file));
  const notCompiled = await Promise.all(loadedByNode.map(readOwn));
  const compiled = [...findings.own.values()];
  const beside = await besideFiles([...compiled, ...notCompiled], root, { readOwn, native: plan.native });
  const quirky = await quirkyModules(compiled, readOwn);
  const native = await followNative([...beside.native, ...quirky, ...plan.native], readOwn);
  const copied = await followNative([...beside.data], readOwn);
  for (const folder of findings.unresolvableFolders) packages.keep(folder);
  const imports = [...findings.keptImports, ...beside.packages, ...native.packages, ...copied.packages];
  for (const each of imports) packages.keepImport(each);
  const complete = packages.complete();
  const { closure, install } = complete;
  const data = new Set([...beside.data, ...copied.files, ...native.files, ...findings.files]);
  const computed = [...beside.entries, ...plan.entries].filter((file) => !targets.includes(file));
  const installed = install === undefined ? [] : [path.join(install.folder, install.lockFile)];
  const own = [...findings.own.keys(), ...loadedByNode].filter(
    (file) => packageFolderOf(file) === undefined && !isOfThisPackage(file),
  );
  return {
    plan: modulePlan({
      base: commonBase(root, [...own, ...data, ...installed], [...closure.packages.keys()]),
      entries: [...targets, ...[...new Set(computed)].sort()],
      native: new Set(native.files),
      closure,
    }),
    complete,
    own,
    data,
    folders: beside.folders,
    warnings: [
      ...beside.warnings.sort(byPlace),
      ...[...closure.warnings, ...(install === undefined ? [] : [install.reason])].map((message) => ({
        message,
      })),
    ],
  };
}

/** Returns whether a file belongs to codeseeder, also if the package is linked from a clone outside `node_modules`. */
function isOfThisPackage(file: string): boolean {
  return PACKAGE_CODE.some((folder) => file.startsWith(folder));
}

/** Returns a function that reads each module once for all rounds. */
function ownModuleReader(root: string): (file: string) => Promise<OwnModule> {
  const read = new Map<string, Promise<OwnModule>>();
  return (file) => {
    const known = read.get(file) ?? readOwnModule(file, root);
    read.set(file, known);
    return known;
  };
}

function emptyFindings(): BuildFindings {
  return {
    own: new Map(),
    files: new Set(),
    keptImports: [],
    unresolvableFolders: new Set(),
  };
}

function byPlace(one: PackWarning, other: PackWarning): number {
  const [file, otherFile] = [one.file ?? '', other.file ?? ''];
  return file < otherFile ? -1 : file > otherFile ? 1 : (one.line ?? 0) - (other.line ?? 0);
}
