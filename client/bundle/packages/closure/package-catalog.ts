import { listPackage, type PackageItem } from '../installed/list-package.js';
import { readPackageJson, type PackageJson } from '../installed/package-json.js';
import { createResolver, type PackageResolver } from '../installed/resolve-package.js';
import { openScanCache } from '../scan/scan-cache.js';
import type { PackageScan } from '../scan/scan-package.js';

/** The installed packages of a project, for packing one bundle. Reads each package once. */
export interface PackageCatalog extends PackageResolver {
  /** Returns the `package.json` of a folder. */
  json(folder: string): PackageJson;
  /** Returns the files of a package, without the packages in its `node_modules`. */
  items(folder: string): readonly PackageItem[];
  /** Returns the findings in the files of a package. */
  scan(folder: string): PackageScan;
  /** Removes old scans from the cache. */
  tidy(): void;
}

export interface CatalogOptions {
  /** Whether to scan packages again instead of trusting scans of earlier calls. @default false */
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
