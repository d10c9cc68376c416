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
  /** Numbers of readable records, objects and events. */
  readonly kept: {
    /** Records of the store: of all services but DynamoDB. */
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

/** Collects the findings of a repair, and moves damaged files aside. */
export interface Repair {
  readonly dataFolder: string;
  lose(subject: string, reason: string): void;
  hasLosses(): boolean;
  /** Moves a file or folder aside, if it exists. @param path below the data folder */
  moveAside(path: string): Promise<void>;
}
