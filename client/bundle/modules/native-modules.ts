import path from 'node:path';
import { isBuiltin } from 'node:module';

import { CodeseederError } from '../../../lib/contract/index.js';
import type { PackageImport } from '../packages/closure/package-closure.js';
import { packageFolderOf } from '../packages/installed/package-folder.js';
import { packageNameOf } from '../packages/installed/package-name.js';
import { nearestAbove, resolveOwnFile } from './resolve-own-file.js';
import type { OwnModule } from './own-module.js';
import { placeIn } from './own-module.js';
import { packFailedAt, type CodePlace } from './pack-failed-at.js';

/** Modules that are not compiled, and the packages that they import. */
export interface NativeModules {
  readonly files: readonly string[];
  readonly packages: readonly PackageImport[];
}

const JAVASCRIPT = /\.[cm]?js$/;

/**
 * Follows the imports of JavaScript files that are included as they are. Ignores other files.
 * @throws CodeseederError `PackFailed` if such a file imports TypeScript, which Node cannot load in the build
 */
export async function followNative(
  start: readonly string[],
  readOwn: (file: string) => Promise<OwnModule>,
): Promise<NativeModules> {
  const files = new Set<string>();
  const packages: PackageImport[] = [];
  const waiting = [...start];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (files.has(file) || !JAVASCRIPT.test(file)) continue;
    files.add(file);
    // Node distinguishes CommonJS from ES modules by the `package.json`.
    const manifest = nearestAbove(file, 'package.json');
    if (manifest !== undefined) files.add(manifest);
    const imports = importsOf(await readOwn(file));
    packages.push(...imports.packages);
    for (const imported of imports.files) {
      if (JAVASCRIPT.test(imported)) waiting.push(imported);
      else files.add(imported);
    }
  }
  return { files: [...files].sort(), packages };
}

/**
 * Returns those of the user's modules that work only if Node itself loads them, and that Node can load without
 * compiling what they import.
 */
export async function quirkyModules(
  modules: Iterable<OwnModule>,
  readOwn: (file: string) => Promise<OwnModule>,
): Promise<readonly string[]> {
  const found: string[] = [];
  for (const { file, findings } of modules) {
    if (!findings.needsNode || !JAVASCRIPT.test(file)) continue;
    if (packageFolderOf(file) === undefined && (await isLoadable(file, readOwn))) found.push(file);
  }
  return found;
}

async function isLoadable(file: string, readOwn: (file: string) => Promise<OwnModule>): Promise<boolean> {
  try {
    await followNative([file], readOwn);
    return true;
  } catch (error) {
    if (error instanceof CodeseederError) return false;
    throw error;
  }
}

/** Returns the files and packages that a module imports. Ignores files that do not exist. */
function importsOf(module: OwnModule): NativeModules {
  const folder = path.dirname(module.file);
  const files: string[] = [];
  const packages: PackageImport[] = [];
  for (const found of module.findings.imports) {
    const { specifier } = found;
    if (isBuiltin(specifier) || specifier.startsWith('#')) continue;
    const name = path.isAbsolute(specifier) ? undefined : packageNameOf(specifier);
    if (name !== undefined) {
      packages.push({ name, from: folder });
      continue;
    }
    const imported = resolveOwnFile(path.resolve(folder, specifier));
    if (imported === undefined) continue;
    if (/\.[cm]?tsx?$/.test(imported)) throw importsTypeScript(placeIn(module, found), module.file, imported);
    files.push(imported);
  }
  return { files, packages };
}

function importsTypeScript(place: CodePlace, file: string, imported: string): Error {
  return packFailedAt(
    place,
    `${path.basename(file)} is loaded as a file at run time and imports ${imported}, which Node cannot load as TypeScript. Load ${path.basename(file)} by a literal name, or compile ${imported} to JavaScript first.`,
  );
}
