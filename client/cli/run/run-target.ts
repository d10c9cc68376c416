import path from 'node:path';

import { UsageError } from '../exit-code.js';
import { quoteWord } from '../quote-word.js';
import { refusePythonFile, refusePythonModule } from './python-words.js';

/** Matches `module:function`. The names are checked later, by the client. */
const PYTHON_TARGET = /^[^#:/\\\s]+:[^#:/\\\s]+$/;

/** Matches `file:function` with a file of JavaScript or TypeScript, to say that `#` must separate the two. */
const FILE_WITH_COLON = /^([^#]+\.[cm]?[jt]sx?):([^#:/\\\s]+)$/;

/** The target of `codeseeder run`. */
export type RunTarget =
  | {
      readonly kind: 'function';
      readonly file: string;
      readonly exportName: string;
      /** Arguments as on the command line. */
      readonly args: readonly string[];
    }
  | {
      readonly kind: 'python';
      /** `module:function`. */
      readonly target: string;
      /** Arguments as on the command line. */
      readonly args: readonly string[];
    }
  | { readonly kind: 'command'; readonly command: string };

/** What {@link parseRunTarget} suggests in errors. */
export interface TargetContext {
  /**
   * The command line before the target, for commands that errors suggest.
   * @default 'codeseeder run'
   */
  readonly start?: string;
  /**
   * Local modules that flags and config name: name -> path, relative to the working folder.
   * @default none
   */
  readonly localModules?: Readonly<Record<string, string>>;
}

/**
 * Parses `FILE#FUNCTION [JSON args...]` or `MODULE:FUNCTION [JSON args...]`, or the words after `--`. A single word is
 * a line of shell. Several words are one command, whose words are passed unchanged.
 *
 * @throws UsageError that names the received and the expected target
 */
export function parseRunTarget(
  operands: readonly string[],
  command: readonly string[] | undefined,
  workingFolder: string,
  { start = 'codeseeder run', localModules = {} }: TargetContext = {},
): RunTarget {
  if (command !== undefined) return parseCommand(operands, command, start);
  const [target, ...args] = operands;
  if (target === undefined) {
    throw new UsageError(
      'There is nothing to run. Give FILE#FUNCTION or MODULE:FUNCTION with its arguments as JSON, or a command after --.',
    );
  }
  refuseColon(target);
  const code = { workingFolder, localModules };
  refusePythonFile(target, code, start);
  if (PYTHON_TARGET.test(target)) return { kind: 'python', target, args };
  const [file = '', exportName = '', ...rest] = target.split('#');
  if (file === '' || exportName === '' || rest.length > 0) {
    refusePythonModule(target, code);
    throw noTarget(target, args, start);
  }
  return { kind: 'function', file: path.resolve(workingFolder, file), exportName, args };
}

/** Refuses a colon after a file of JavaScript or TypeScript. @throws UsageError */
function refuseColon(target: string): void {
  const [, file, functionName] = FILE_WITH_COLON.exec(target) ?? [];
  if (file === undefined) return;
  throw new UsageError(`${JSON.stringify(target)} names a file. Write ${file}#${functionName}.`);
}

/** Matches the name of a file with JavaScript or TypeScript. */
const MODULE_FILE = /\.[cm]?[jt]sx?$/;

function noTarget(target: string, args: readonly string[], start: string): UsageError {
  const problem = `${JSON.stringify(target)} is neither FILE#FUNCTION, such as src/deploy.ts#network, nor MODULE:FUNCTION, such as my_pkg.deploy:network.`;
  if (MODULE_FILE.test(target))
    return new UsageError(`${problem} Name a function of the file: ${target}#FUNCTION`);
  const command = [target, ...args].map(quoteWord).join(' ');
  return new UsageError(`${problem} A command goes after --. Did you mean: ${start} -- ${command}`);
}

function parseCommand([operand]: readonly string[], command: readonly string[], start: string): RunTarget {
  if (operand !== undefined) {
    throw new UsageError(
      `${JSON.stringify(operand)} is a function's operand, but there is a command after --. Give a function or a command, not both.`,
    );
  }
  const [first] = command;
  if (first === undefined || first.trim() === '') {
    const problem = first === undefined ? 'There is no command after --' : 'The command after -- is empty';
    throw new UsageError(`${problem}. Give one, such as: ${start} -- npm test`);
  }
  return { kind: 'command', command: command.length === 1 ? first : command.map(quoteWord).join(' ') };
}
