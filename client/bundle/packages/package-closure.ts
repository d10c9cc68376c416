import type { FoundPackage } from './resolve-package.js';

/** A package that one's own code, or a bundled package, imports by name and that is kept as files. */
export interface PackageImport {
  /** Folder of the importing module, with links followed. */
  readonly from: string;
  /** The package's name in the import, such as `@scope/name`. */
  readonly name: string;
}

/** A package that is kept as files. */
export interface KeptPackage {
  /** The name in its `package.json`, else that of its folder. */
  readonly name: string;
  readonly version: string;
  /** Folder at home, with links followed. */
  readonly folder: string;
  /** The packages that it may load, by the names that it uses. */
  readonly dependencies: ReadonlyMap<string, FoundPackage>;
  /** Why it is kept: the packages that lead to it, the first one imported. */
  readonly chain: readonly string[];
}

/** Packages that are kept as files, with all that they may load. */
export interface PackageClosure {
  /** By folder. */
  readonly packages: ReadonlyMap<string, KeptPackage>;
  /** What is imported from outside of the closure, or may be loaded from there. */
  readonly imports: readonly (PackageImport & { readonly found: FoundPackage })[];
  /** Direct dependencies of the project that came along because a package may load them by a computed name. */
  readonly loadedByName: readonly { readonly name: string; readonly by: string }[];
  /** What is missing at home too. */
  readonly warnings: readonly string[];
}
