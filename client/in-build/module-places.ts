/** Gives bundled modules the paths that their source files have in the bundle. Imports only Node's own modules. */
import { realpathSync } from 'node:fs';
import { createRequire, isBuiltin } from 'node:module';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

import { resolveImport } from './resolve-package.js';

/**
 * How a module uses a path. The path is relative to the working folder for `worker` and `fork`, otherwise to the
 * module's source.
 */
export type ModuleUse = 'import' | 'require' | 'worker' | 'fork';

/** The `import.meta` that a module would have if its source were not bundled. */
export interface PlacedMeta {
  readonly url: string;
  readonly dirname: string;
  readonly filename: string;
  resolve(specifier: string): string;
}

/** The exports of the virtual module `codeseeder:places`. */
export interface ModulePlaces {
  /** Returns the `import.meta` of a module. @param source path of the module in the bundle */
  meta(source: string): PlacedMeta;
  /**
   * Returns where to load the module that a value (a path, URL or specifier) names: the compiled file if the module was
   * compiled, the full path or URL if the value is relative, otherwise the value itself. For a URL, the result is a
   * URL, too.
   *
   * @param source path in the bundle of the module that loads it
   */
  modulePlace(value: unknown, source: string, use?: ModuleUse): unknown;
}

/**
 * Creates the exports of the virtual module `codeseeder:places`.
 *
 * @param root the bundle's root
 * @param compiled path under which code may load a module -> compiled file, both relative to the root
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
    if (use === 'worker' || use === 'fork') return compiledPath(path.resolve(value)) ?? value;
    if (isBuiltin(value)) return value;
    return use === 'require' ? requiredPlace(value, meta(source)) : importedPlace(value, meta(source));
  }

  function requiredPlace(specifier: string, { dirname, filename }: PlacedMeta): string {
    if (!isRelative(specifier)) return attempt(() => createRequire(filename).resolve(specifier)) ?? specifier;
    const named = path.resolve(dirname, specifier);
    return compiledPath(named) ?? named;
  }

  function importedPlace(specifier: string, { filename }: PlacedMeta): string {
    const href = attempt(() => resolveImport(specifier, filename));
    return href?.startsWith('file:') ? urlPlace(new URL(href)).href : specifier;
  }

  /** Returns the URL of the compiled file; the same URL object if the file was not compiled. */
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
    // The value is then used unchanged, and Node throws its own error when it loads it.
    return undefined;
  }
}
