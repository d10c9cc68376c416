/** Codes of the errors that starting a local AWS and deploying to it can throw. */
export type LocalAwsErrorCode =
  | 'AssemblyUnreadable'
  | 'DataFolderNotUsable'
  | 'InvalidRequest'
  | 'InvalidTemplate'
  | 'PlaceInUse'
  | 'PlaceMismatch'
  | 'StackBusy'
  | 'StackFailed'
  | 'UnsupportedTemplate';

/**
 * An error of the local AWS itself, thrown to the program that runs it. Errors of a service are `AwsError`s, which its
 * client receives over the wire.
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
