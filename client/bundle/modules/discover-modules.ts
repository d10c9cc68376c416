import path from 'node:path';
import { fileURLToPath } from 'node:url';

import type { Metafile } from 'esbuild';

import { CodeseederError } from '../../../lib/contract/index.js';
import { commonBase } from '../packages/common-base.js';
import { packageFolderOf } from '../packages/package-folder.js';
import { besideFiles, type PackWarning } from './beside-files.js';
import {
  createKeptPackages,
  type CompletePackages,
  type KeptPackages,
  type PackageOptions,
  type PackedPackages,
} from './kept-packages.js';
import { isSamePlan, modulePlan, type ModulePlan } from './module-plan.js';
import type { BuildFindings } from './module-plugin.js';
import { followNative } from './native-modules.js';
import { readOwnModule, type OwnModule } from './own-module.js';
import { runEsbuild, type OutputFile } from './run-esbuild.js';

/** The modules of a bundle, compiled, and all that stays a file beside them. */
export interface DiscoveredModules {
  readonly plan: ModulePlan;
  readonly metafile: Metafile;
  /** Compiled files, by their absolute paths below the plan's base. */
  readonly outputs: readonly OutputFile[];
  /** Files to take along as they are. */
  readonly data: ReadonlySet<string>;
  /** Empty folders that code lists. */
  readonly folders: ReadonlySet<string>;
  readonly packages: PackedPackages;
  readonly warnings: readonly PackWarning[];
}

/** Folder of the client that this file is part of, built or not. */
const CLIENT_FOLDER = path.resolve(fileURLToPath(new URL('../..', import.meta.url)));

/** More rounds than any project needs: each takes something more along, or is the last. */
const ROUNDS_MAX = 50;

/**
 * Compiles modules again and again until nothing is new: each round may find modules that are imported by a computed
 * name, files that stay files, and packages that may not be bundled because a package that stays a file needs them.
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
    if (isSamePlan(plan, next.plan))
      return { ...built, ...next, packages: await packages.pack(next.complete, plan.base) };
    plan = next.plan;
  }
  throw new CodeseederError(
    'PackFailed',
    `The modules of ${root} could not be found out in ${ROUNDS_MAX} rounds.`,
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
  Pick<DiscoveredModules, 'plan' | 'data' | 'folders' | 'warnings'> & { complete: CompletePackages }
> {
  const beside = await besideFiles(findings.own.values(), root, readOwn);
  const native = await followNative([...beside.native, ...plan.native], readOwn);
  const copied = await followNative([...beside.data], readOwn);
  for (const folder of findings.unresolvableFolders) packages.keep(folder);
  const imports = [...findings.keptImports, ...beside.packages, ...native.packages, ...copied.packages];
  for (const wanted of imports) packages.keepImport(wanted);
  const complete = packages.complete();
  const { closure, install } = complete;
  const data = new Set([...beside.data, ...copied.files, ...native.files, ...findings.files]);
  const computed = [...beside.entries, ...plan.entries].filter((file) => !targets.includes(file));
  const installed = install === undefined ? [] : [path.join(install.folder, install.lockFile)];
  const own = [...findings.own.keys()].filter(
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

/** This package is no part of the user's code where it is linked from a clone. */
function isOfThisPackage(file: string): boolean {
  return file.startsWith(path.join(CLIENT_FOLDER, path.sep));
}

/** Reads each module once, however many rounds need it. */
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
