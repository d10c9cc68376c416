/** The location of a package. */
export interface FoundPackage {
  /** The package's folder without links; in Yarn PnP the folder that Yarn returns. */
  readonly folder: string;
  /** The entry of a `node_modules` folder that was found. Undefined in Yarn PnP. */
  readonly entry?: string;
}
