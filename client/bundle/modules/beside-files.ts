import path from 'node:path';

import type { PackageImport } from '../packages/closure/package-closure.js';
import { packageFolderOf } from '../packages/installed/package-folder.js';
import { packageNameOf } from '../packages/installed/package-name.js';
import { doubtAbout } from './doubts.js';
import type { ModuleReference } from './analysis/module-findings.js';
import type { OwnModule } from './own-module.js';
import { placeIn } from './own-module.js';
import type { CodePlace } from './pack-failed-at.js';
import { findPatternFiles } from './pattern-files.js';

/** A warning that the code may need files or modules that packing cannot find, with the place in the code. */
export interface PackWarning extends Partial<CodePlace> {
  readonly message: string;
}

/** The files and packages that the user's modules name in other ways than an import. */
export interface BesideFiles {
  /** Modules to compile, which code loads by a computed name or runs in a worker or process. */
  readonly entries: Set<string>;
  /**
   * CommonJS modules that code requires by a computed name. Every module that imports one of them loads it as a file.
   */
  readonly native: Set<string>;
  /** Files to include as they are. */
  readonly data: Set<string>;
  /** Empty folders that code lists. */
  readonly folders: Set<string>;
  /** Packages that code resolves at run time. */
  readonly packages: PackageImport[];
  readonly warnings: PackWarning[];
}

const SOURCE = /\.[cm]?[jt]sx?$/;
const JAVASCRIPT = /\.[cm]?js$/;

export interface BesideOptions {
  /** Reads one of the user's modules. */
  readonly readOwn: (file: string) => Promise<OwnModule>;
  /** Modules that Node loads as they are, and so the modules that they name. */
  readonly native: ReadonlySet<string>;
}

/**
 * Finds the files and packages that modules name in other ways than an import.
 * @param root folder of the user's project
 */
export async function besideFiles(
  modules: Iterable<OwnModule>,
  root: string,
  { readOwn, native }: BesideOptions,
): Promise<BesideFiles> {
  const found: BesideFiles = {
    entries: new Set(),
    native: new Set(),
    data: new Set(),
    folders: new Set(),
    packages: [],
    warnings: [],
  };
  for (const module of modules) {
    for (const reference of module.findings.references) {
      for (const file of await filesOf(module, reference, root, found)) {
        const isNative = native.has(module.file) && JAVASCRIPT.test(file);
        await addFile(file, isNative ? 'native' : reference.use, found, readOwn);
      }
    }
  }
  // A pool of workers may also require the module, to find its functions. A compiled CommonJS module exports only
  // `default`.
  for (const file of found.native) found.entries.delete(file);
  return found;
}

/** Returns the files that a reference may mean. Adds its warnings, packages and empty folders to `found`. */
async function filesOf(
  module: OwnModule,
  reference: ModuleReference,
  root: string,
  found: BesideFiles,
): Promise<readonly string[]> {
  const { pattern, use } = reference;
  const place = placeIn(module, reference);
  const files = pattern === undefined ? undefined : await findPatternFiles(pattern, { root, use });
  const doubt = doubtAbout(reference, files, root);
  if (doubt !== undefined) found.warnings.push({ ...place, message: doubt });
  const name = pattern?.kind === 'specifier' ? knownPackageOf(pattern.parts) : undefined;
  if (name !== undefined) found.packages.push({ name, from: path.dirname(module.file) });
  if (files?.files.length === 0) for (const folder of files.folders) found.folders.add(folder);
  return files?.files ?? [];
}

async function addFile(
  file: string,
  use: ModuleReference['use'] | 'native',
  found: BesideFiles,
  readOwn: (file: string) => Promise<OwnModule>,
): Promise<void> {
  if (packageFolderOf(file) !== undefined) return;
  const isModule = SOURCE.test(file) && !/\.d\.[cm]?ts$/.test(file);
  if (use === 'native') (JAVASCRIPT.test(file) ? found.native : found.data).add(file);
  else if (!isModule || use === 'file' || use === 'folder') found.data.add(file);
  else if (use === 'worker' || use === 'fork') found.entries.add(file);
  else if (JAVASCRIPT.test(file) && (await readOwn(file)).findings.format === 'commonjs')
    found.native.add(file);
  else found.entries.add(file);
}

/** Returns the package that a specifier names; undefined if its name is unknown. */
function knownPackageOf(parts: readonly (string | null)[]): string | undefined {
  const [first] = parts;
  const name = typeof first === 'string' ? packageNameOf(first) : undefined;
  return name !== undefined && (parts.length === 1 || first?.startsWith(`${name}/`)) ? name : undefined;
}
