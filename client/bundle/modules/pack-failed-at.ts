import { CodeseederError } from '../../../lib/contract/index.js';

/** A place in the user's code. */
export interface CodePlace {
  /** Absolute path. */
  readonly file: string;
  /** Counted from 1. */
  readonly line?: number;
  /** Counted from 1. */
  readonly column?: number;
}

/** Returns an error `PackFailed` whose message begins with the place. */
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
