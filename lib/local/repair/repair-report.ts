/** Something of a data folder that cannot be read. */
export interface Loss {
  /** File below the data folder, or the name of an object, stream or package. */
  readonly subject: string;
  /** What is lost, and why. */
  readonly reason: string;
}

/** The result of {@link repairDataFolder}. */
export interface RepairReport {
  /** Absolute. */
  readonly dataFolder: string;
  /** Numbers of what can be read. */
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
  /** What cannot be read. */
  readonly lost: readonly Loss[];
  /** Folder with the damaged files as they were. Undefined when nothing was damaged. */
  readonly movedTo?: string;
}

/** Collects what a repair finds, and moves damaged files aside. */
export interface Repair {
  readonly dataFolder: string;
  lose(subject: string, reason: string): void;
  hasLosses(): boolean;
  /** Moves a file or folder aside, if it exists. @param path below the data folder */
  moveAside(path: string): Promise<void>;
}
