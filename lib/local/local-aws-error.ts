/** Codes of the errors of starting, using and repairing a local AWS. */
export type LocalAwsErrorCode =
  | 'AssemblyUnreadable'
  | 'DataFolderDamaged'
  | 'DataFolderNotUsable'
  | 'DataFolderNotWritable'
  | 'InvalidRequest'
  | 'InvalidTemplate'
  | 'PlaceInUse'
  | 'PlaceMismatch'
  | 'SessionNotReachable'
  | 'StackBusy'
  | 'StackFailed'
  | 'UnsupportedTemplate';

/**
 * An error of the local AWS itself, thrown to the program that runs it. Errors that a service returns to its clients
 * are of the class `AwsError`.
 */
export class LocalAwsError extends Error {
  /** Stable identifier to branch on, such as `PlaceInUse`. */
  readonly code: LocalAwsErrorCode;

  /** @param message names the value received and the likely fix */
  constructor(code: LocalAwsErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = code;
    this.code = code;
  }
}

/** Returns the message of the innermost cause, which comes from LevelDB or the operating system. */
export function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? causeOf(error.cause) : error.message;
}

/** Error codes of the operating system and of LevelDB for a folder that cannot be read or written. */
const FOLDER_FAULTS: ReadonlySet<unknown> = new Set([
  'EACCES',
  'EDQUOT',
  'EIO',
  'ENOSPC',
  'ENOTDIR',
  'EPERM',
  'EROFS',
  'LEVEL_CORRUPTION',
  'LEVEL_IO_ERROR',
]);

/**
 * Converts an error of the operating system or of LevelDB to an error that names the data folder and the fix. Returns
 * any other error unchanged.
 */
export function asDataFolderError(dataFolder: string, error: unknown): unknown {
  if (error instanceof LocalAwsError || !isFolderFault(error)) return error;
  return new LocalAwsError(
    'DataFolderNotUsable',
    `The data folder ${dataFolder} cannot be used: ${causeOf(error)}. Make sure that there is space on its disk and that you may write to it.`,
    { cause: error },
  );
}

function isFolderFault(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return FOLDER_FAULTS.has((error as { code?: unknown }).code) || isFolderFault(error.cause);
}
