/** A part of a data folder that cannot be read. */
export interface Loss {
  /** File below the data folder, or the name of an object, stream or package. */
  readonly subject: string;
  /** The lost data and the cause. */
  readonly reason: string;
}

/** The result of {@link repairDataFolder}. */
export interface RepairReport {
  /** Absolute path. */
  readonly dataFolder: string;
  /** Numbers of the readable records, objects and events, which were kept. */
  readonly kept: {
    /** Records of all services except DynamoDB. */
    readonly records: number;
    /** Items, index entries and tables of DynamoDB. */
    readonly dynamodb: number;
    /** Objects in S3. */
    readonly objects: number;
    /** Files of packages in CodeArtifact. */
    readonly packageAssets: number;
    /** Events of log streams. */
    readonly logEvents: number;
  };
  /** Parts of the data folder that cannot be read. */
  readonly lost: readonly Loss[];
  /** Folder with the damaged files as they were. Undefined when nothing was damaged. */
  readonly movedTo?: string;
}

/** Records what is lost, and moves damaged files aside. */
export interface Repair {
  readonly dataFolder: string;
  lose(subject: string, reason: string): void;
  hasLosses(): boolean;
  /**
   * Moves a file or folder to the folder of damaged files, if it exists.
   * @param path below the data folder
   */
  moveAside(path: string): Promise<void>;
}
