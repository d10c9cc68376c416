import path from 'node:path';

import { UsageError } from '../exit-code.js';

/** `module:function`, as the client checks it more closely. */
const PYTHON_TARGET = /^[^#:/\\\s]+:[^#:/\\\s]+$/;

/** What `codeseeder run` was asked to run. */
export type RunTarget =
  | {
      readonly kind: 'function';
      readonly file: string;
      readonly exportName: string;
      /** As they were written. */
      readonly args: readonly string[];
    }
  | {
      readonly kind: 'python';
      /** `module:function`. */
      readonly target: string;
      /** As they were written. */
      readonly args: readonly string[];
    }
  | { readonly kind: 'command'; readonly command: string };

/**
 * Reads `FILE#FUNCTION [JSON args...]` or `MODULE:FUNCTION [JSON args...]`, or the words behind `--`: a single word is
 * a line of shell as it is, several are one command, each word passed on untouched.
 *
 * @throws UsageError naming what was given and what is expected
 */
export function parseRunTarget(
  operands: readonly string[],
  command: readonly string[] | undefined,
  workingFolder: string,
): RunTarget {
  if (command !== undefined) {
    if (operands.length > 0)
      throw new UsageError(`Give a function or a command behind --, not both: ${operands[0]}`);
    if (command.length === 0)
      throw new UsageError('Give a command behind --, such as: codeseeder run -- npm test');
    return {
      kind: 'command',
      command: command.length === 1 ? (command[0] ?? '') : command.map(quoteWord).join(' '),
    };
  }
  const [target, ...args] = operands;
  if (target === undefined) {
    throw new UsageError(
      'Give FILE#FUNCTION or MODULE:FUNCTION with its arguments as JSON, or a command behind --',
    );
  }
  if (PYTHON_TARGET.test(target)) return { kind: 'python', target, args };
  const [file = '', exportName = '', ...rest] = target.split('#');
  if (file === '' || exportName === '' || rest.length > 0) {
    throw new UsageError(
      `${JSON.stringify(target)} is neither FILE#FUNCTION, such as src/deploy.ts#network, nor MODULE:FUNCTION, such as my_pkg.deploy:network`,
    );
  }
  return {
    kind: 'function',
    file: path.resolve(workingFolder, file),
    exportName,
    args,
  };
}

/** A word as a POSIX shell reads it back unchanged. */
function quoteWord(word: string): string {
  return /^[A-Za-z0-9_/:=.,@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
