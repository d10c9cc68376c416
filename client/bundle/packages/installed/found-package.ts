/** The location of a package. */
export interface FoundPackage {
  /** The package's folder without links; in Yarn PnP the folder that Yarn returns. */
  readonly folder: string;
  /** The path in a `node_modules` folder at which the package was found, possibly a link. Undefined in Yarn PnP. */
  readonly entry?: string;
}
