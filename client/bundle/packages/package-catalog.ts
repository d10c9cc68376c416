import { listPackage, type PackageItem } from './list-package.js';
import { readPackageJson, type PackageJson } from './package-json.js';
import { createResolver, type PackageResolver } from './resolve-package.js';
import { openScanCache } from './scan-cache.js';
import type { PackageScan } from './scan-package.js';

/** What is known of installed packages while one bundle is packed. Nothing is looked at twice. */
export interface PackageCatalog extends PackageResolver {
  /** The folder's `package.json`. */
  json(folder: string): PackageJson;
  /** What is in the package's folder, without the packages in its `node_modules`. */
  items(folder: string): readonly PackageItem[];
  /** What the package's files say. */
  scan(folder: string): PackageScan;
  /** Bounds what is kept of scans for later calls. */
  tidy(): void;
}

export interface CatalogOptions {
  /** Whether to scan packages again that an earlier call scanned. @default false */
  readonly verify?: boolean;
}

/** Opens a catalog for one bundle. */
export function openPackages({ verify = false }: CatalogOptions = {}): PackageCatalog {
  const cache = openScanCache(verify);
  const json = memoized((folder) => readPackageJson(folder) ?? EMPTY);
  const items = memoized(listPackage);
  return {
    ...createResolver(),
    json,
    items,
    scan: memoized((folder) => cache.scan(folder, json(folder), items(folder))),
    tidy: () => cache.tidy(),
  };
}

const EMPTY: PackageJson = {
  dependencies: [],
  optionalDependencies: [],
  peerDependencies: [],
  optionalPeers: [],
  bundledDependencies: [],
  devDependencies: [],
  scripts: {},
  bin: {},
  os: [],
  cpu: [],
  libc: [],
  raw: {},
};

function memoized<T>(look: (folder: string) => T): (folder: string) => T {
  const known = new Map<string, T>();
  return (folder) => {
    const found = known.get(folder);
    if (found !== undefined) return found;
    const value = look(folder);
    known.set(folder, value);
    return value;
  };
}
