import type { FoundPackage } from '../installed/found-package.js';

/** An import of a package that is kept as files, by the user's code or a bundled package. */
export interface PackageImport {
  /** Folder of the importing module, without links. */
  readonly from: string;
  /** The package's name in the import, such as `@scope/name`. */
  readonly name: string;
}

/** A package that is kept as files. */
export interface KeptPackage {
  /** The name in its `package.json`, else that of its folder. */
  readonly name: string;
  readonly version: string;
  /** Folder on this machine, without links. */
  readonly folder: string;
  /** Name -> package that it may load by this name. */
  readonly dependencies: ReadonlyMap<string, FoundPackage>;
  /** Why it is kept: the packages that load each other, from the imported one to this one. */
  readonly chain: readonly string[];
}

/** Packages that are kept as files, with all packages that they may load. */
export interface PackageClosure {
  /** By folder. */
  readonly packages: ReadonlyMap<string, KeptPackage>;
  /** Imports of code outside the closure. */
  readonly imports: readonly (PackageImport & { readonly found: FoundPackage })[];
  /** Direct dependencies of the project that are included because a package may load them by a computed name. */
  readonly loadedByName: readonly { readonly name: string; readonly by: string }[];
  /** Warnings about dependencies that are not installed. */
  readonly warnings: readonly string[];
}
