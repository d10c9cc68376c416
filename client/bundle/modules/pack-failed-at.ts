import { CodeseederError } from '../../../lib/contract/index.js';

/** A position in the user's code. */
export interface CodePlace {
  /** Absolute path. */
  readonly file: string;
  /** Starts at 1. */
  readonly line?: number | undefined;
  /** Starts at 1. */
  readonly column?: number | undefined;
}

/** Returns an error `PackFailed` whose message begins with the position. */
export function packFailedAt(
  { file, line, column }: CodePlace,
  problem: string,
  options?: ErrorOptions,
): CodeseederError {
  const place = [file, line, line === undefined ? undefined : column].filter((part) => part !== undefined);
  return new CodeseederError(
    'PackFailed',
    `The function's module cannot be bundled: ${place.join(':')}: ${problem}`,
    options,
  );
}
