/** What tells bundled modules where their sources are, inside a bundle. Carries nothing but Node's own modules. */
import { realpathSync } from 'node:fs';
import { createRequire, isBuiltin } from 'node:module';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

import { resolveImport } from './resolve-package.js';

/** How a value names a module: what is relative counts from the module's source, or from the working folder. */
export type ModuleUse = 'import' | 'require' | 'worker' | 'fork';

/** What `import.meta` is at home. */
export interface PlacedMeta {
  readonly url: string;
  readonly dirname: string;
  readonly filename: string;
  resolve(specifier: string): string;
}

export interface ModulePlaces {
  /** Returns the `import.meta` of a module. @param source its path below the bundle's root */
  meta(source: string): PlacedMeta;
  /**
   * Returns where a module is that a value names: its compiled file where it was compiled, in the form that the value
   * has; of a relative specifier its full path or URL; else the value as it is.
   *
   * @param source path below the bundle's root of the module that loads it
   */
  modulePlace(value: unknown, source: string, use?: ModuleUse): unknown;
}

/**
 * @param root the bundle's root
 * @param compiled paths below the root that code may load a module by, to the compiled files' paths below it
 */
export function createPlaces(root: URL, compiled: Readonly<Record<string, string>>): ModulePlaces {
  const folder = path.resolve(fileURLToPath(root));
  const folders = [...new Set([folder, realpathSync(folder)])];
  const metas = new Map<string, PlacedMeta>();
  const files = new Map(Object.entries(compiled));
  return { meta, modulePlace };

  function meta(source: string): PlacedMeta {
    const known = metas.get(source);
    if (known) return known;
    const filename = path.join(folder, source);
    const made: PlacedMeta = {
      dirname: path.dirname(filename),
      filename,
      resolve: (specifier) => resolveImport(`${specifier}`, filename),
      url: pathToFileURL(filename).href,
    };
    metas.set(source, made);
    return made;
  }

  function modulePlace(value: unknown, source: string, use: ModuleUse = 'import'): unknown {
    if (value instanceof URL) return urlPlace(value);
    if (typeof value !== 'string') return value;
    if (value.startsWith('file:')) return urlPlace(new URL(value)).href;
    if (path.isAbsolute(value)) return compiledPath(value) ?? value;
    const { dirname, filename } = meta(source);
    if (use === 'worker' || use === 'fork') return compiledPath(path.resolve(value)) ?? value;
    if (isBuiltin(value)) return value;
    if (use === 'require') {
      if (!isRelative(value)) return attempt(() => createRequire(filename).resolve(value)) ?? value;
      const named = path.resolve(dirname, value);
      return compiledPath(named) ?? named;
    }
    const href = attempt(() => resolveImport(value, filename));
    return href?.startsWith('file:') ? urlPlace(new URL(href)).href : value;
  }

  /** The same URL object where nothing was compiled. */
  function urlPlace(url: URL): URL {
    const file = url.protocol === 'file:' ? compiledPath(fileURLToPath(url)) : undefined;
    if (file === undefined) return url;
    const placed = pathToFileURL(file);
    placed.search = url.search;
    placed.hash = url.hash;
    return placed;
  }

  function compiledPath(file: string): string | undefined {
    for (const base of folders) {
      const found = files.get(path.relative(base, file).split(path.sep).join('/'));
      if (found !== undefined) return path.join(folder, found);
    }
    return undefined;
  }
}

function isRelative(specifier: string): boolean {
  return /^\.\.?(\/|$)/.test(specifier);
}

function attempt(resolve: () => string): string | undefined {
  try {
    return resolve();
  } catch {
    // Whoever loads it fails with the error that Node has for it.
    return undefined;
  }
}
