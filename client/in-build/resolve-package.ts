import { existsSync, readFileSync } from 'node:fs';
import { createRequire, isBuiltin } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

/** The conditions with which Node resolves `exports` and `imports` for `import`. */
const CONDITIONS = new Set(['node', 'import', 'node-addons', 'default']);

interface Manifest {
  readonly name?: unknown;
  readonly exports?: unknown;
  readonly imports?: unknown;
}

/**
 * Resolves a specifier as `import` does in a file. `import.meta.resolve` cannot be used, because it resolves only from
 * the file that calls it.
 *
 * @returns a URL
 * @throws Error with Node's codes, such as `ERR_MODULE_NOT_FOUND`
 * @see https://nodejs.org/api/esm.html#resolution-algorithm-specification
 */
export function resolveImport(specifier: string, fromFile: string): string {
  if (isBuiltin(specifier)) return specifier.startsWith('node:') ? specifier : `node:${specifier}`;
  if (/^(\.\.?(\/|$)|\/)/.test(specifier)) return new URL(specifier, pathToFileURL(fromFile)).href;
  if (/^[a-z][a-z0-9+.-]*:/i.test(specifier)) return new URL(specifier).href;
  const own = manifestAround(fromFile);
  return specifier.startsWith('#')
    ? resolveOwnImport(specifier, fromFile, own)
    : resolvePackage(specifier, fromFile, own);
}

function resolveOwnImport(specifier: string, fromFile: string, own: OwnPackage | undefined): string {
  const target = matched(own?.manifest.imports, specifier, own?.folder ?? '', fromFile);
  return target ?? refuse('ERR_PACKAGE_IMPORT_NOT_DEFINED', specifier, fromFile);
}

function resolvePackage(specifier: string, fromFile: string, own: OwnPackage | undefined): string {
  const [, name = '', rest = ''] = /^((?:@[^/]+\/)?[^/]+)(\/.*)?$/.exec(specifier) ?? [];
  if (own?.manifest.name === name && isPresent(own.manifest.exports))
    return exported(own.manifest.exports, rest, { specifier, fromFile, folder: own.folder });
  for (let folder = path.dirname(fromFile); ; folder = path.dirname(folder)) {
    const candidate = path.join(folder, 'node_modules', name);
    if (existsSync(candidate)) return resolveInPackage(candidate, rest, specifier, fromFile);
    if (folder === path.dirname(folder)) return refuse('ERR_MODULE_NOT_FOUND', specifier, fromFile);
  }
}

interface PackageRequest {
  readonly specifier: string;
  readonly fromFile: string;
  readonly folder: string;
}

function resolveInPackage(folder: string, rest: string, specifier: string, fromFile: string): string {
  const exports = readManifest(folder)?.exports;
  if (isPresent(exports)) return exported(exports, rest, { specifier, fromFile, folder });
  if (rest !== '') return pathToFileURL(path.join(folder, rest)).href;
  return pathToFileURL(createRequire(fromFile).resolve(specifier)).href;
}

function exported(exports: unknown, rest: string, { specifier, fromFile, folder }: PackageRequest): string {
  const isMap = isObject(exports) && Object.keys(exports).some((key) => key.startsWith('.'));
  const target = matched(isMap ? exports : { '.': exports }, `.${rest}`, folder, fromFile);
  return target ?? refuse('ERR_PACKAGE_PATH_NOT_EXPORTED', specifier, fromFile);
}

/** Finds a key of `exports` or `imports`, the exact one or the longest pattern, and resolves its target. */
function matched(map: unknown, key: string, folder: string, fromFile: string): string | undefined {
  if (!isObject(map)) return undefined;
  if (key in map && !key.includes('*')) return targetOf(map[key], '', folder, fromFile);
  const patterns = Object.keys(map).filter((pattern) => {
    const [before = '', after = ''] = pattern.split('*');
    return (
      pattern.includes('*') && key.startsWith(before) && key.endsWith(after) && key.length >= pattern.length
    );
  });
  const [best] = patterns.sort((a, b) => b.indexOf('*') - a.indexOf('*') || b.length - a.length);
  if (best === undefined) return undefined;
  const [before = '', after = ''] = best.split('*');
  return targetOf(map[best], key.slice(before.length, key.length - after.length), folder, fromFile);
}

function targetOf(target: unknown, star: string, folder: string, fromFile: string): string | undefined {
  if (typeof target === 'string') {
    const file = target.replaceAll('*', () => star);
    return file.startsWith('./')
      ? pathToFileURL(path.join(folder, file)).href
      : resolveImport(file, fromFile);
  }
  if (Array.isArray(target)) {
    for (const choice of target as unknown[]) {
      const found = targetOf(choice, star, folder, fromFile);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  if (!isObject(target)) return undefined;
  for (const [condition, choice] of Object.entries(target)) {
    const found = CONDITIONS.has(condition) ? targetOf(choice, star, folder, fromFile) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The package that a file belongs to. */
interface OwnPackage {
  readonly folder: string;
  readonly manifest: Manifest;
}

function manifestAround(file: string): OwnPackage | undefined {
  for (let folder = path.dirname(file); ; folder = path.dirname(folder)) {
    const manifest = readManifest(folder);
    if (manifest) return { folder, manifest };
    if (folder === path.dirname(folder)) return undefined;
  }
}

function readManifest(folder: string): Manifest | undefined {
  const file = path.join(folder, 'package.json');
  if (!existsSync(file)) return undefined;
  const manifest: unknown = JSON.parse(readFileSync(file, 'utf8'));
  return isObject(manifest) ? manifest : undefined;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isPresent(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function refuse(code: string, specifier: string, fromFile: string): never {
  throw Object.assign(new Error(`Cannot find package '${specifier}' imported from ${fromFile}`), { code });
}
