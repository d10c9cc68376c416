import { causeOf, LocalAwsError } from '../local-aws-error.js';

/**
 * Returns the error for a damaged file of a data folder.
 *
 * @param file absolute path
 * @param reason end of the sentence `<file> is damaged: `
 */
export function damaged(dataFolder: string, file: string, reason: string, cause?: unknown): LocalAwsError {
  return new LocalAwsError(
    'DataFolderDamaged',
    `${file} is damaged: ${reason}. Restore the data folder from a copy, or run \`codeseeder local repair --data ${dataFolder}\`, which keeps what can be read.`,
    { cause },
  );
}

/**
 * Returns the error for a write that failed, for example on a full disk.
 *
 * @param where folder or file
 */
export function notWritable(where: string, cause: unknown): LocalAwsError {
  return new LocalAwsError(
    'DataFolderNotWritable',
    `The local AWS cannot write to ${where}: ${causeOf(cause)}. Free space on its disk, or make it writable. Writes are refused until then.`,
    { cause },
  );
}
