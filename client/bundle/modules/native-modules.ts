import path from 'node:path';
import { isBuiltin } from 'node:module';

import type { PackageImport } from '../packages/package-closure.js';
import { packageNameOf } from '../packages/package-name.js';
import { nearestAbove, resolveOwnFile } from './resolve-own-file.js';
import type { OwnModule } from './own-module.js';
import { placeIn } from './own-module.js';
import { packFailedAt, type CodePlace } from './pack-failed-at.js';

/** Modules that run as the files they are, with the modules and packages that they import. */
export interface NativeModules {
  readonly files: readonly string[];
  readonly packages: readonly PackageImport[];
}

const JAVASCRIPT = /\.[cm]?js$/;

/**
 * Follows the imports of JavaScript files that are taken along as they are. Other files are passed over.
 * @throws CodeseederError `PackFailed` when one imports TypeScript, which Node cannot load from there
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
    // Node tells CommonJS from ES modules by it.
    const manifest = nearestAbove(file, 'package.json');
    if (manifest !== undefined) files.add(manifest);
    const module = await readOwn(file);
    for (const found of module.findings.imports) {
      const { specifier } = found;
      if (isBuiltin(specifier) || specifier.startsWith('#')) continue;
      const name = path.isAbsolute(specifier) ? undefined : packageNameOf(specifier);
      if (name !== undefined) {
        packages.push({ name, from: path.dirname(file) });
        continue;
      }
      const imported = resolveOwnFile(path.resolve(path.dirname(file), specifier));
      if (imported === undefined) continue;
      if (/\.[cm]?tsx?$/.test(imported)) throw importsTypeScript(placeIn(module, found), file, imported);
      if (JAVASCRIPT.test(imported)) waiting.push(imported);
      else files.add(imported);
    }
  }
  return { files: [...files].sort(), packages };
}

function importsTypeScript(place: CodePlace, file: string, imported: string): Error {
  return packFailedAt(
    place,
    `${path.basename(file)} is loaded as a file when the code runs, and imports ${imported}, which Node cannot load from there. Import it by a name that is written out, or compile it to JavaScript first.`,
  );
}
