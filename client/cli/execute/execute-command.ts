import path from 'node:path';
import type { Command } from 'commander';

import { parseInvocation, parseJson, type Invocation } from '../../../lib/contract/index.js';
import { EXIT_CODES, InterruptedError } from '../exit-code.js';
import { CHECK_PATH, readTextFile } from '../read-text.js';
import { printLine, type Terminal } from '../terminal.js';
import { executeInvocation } from './execute-invocation.js';

interface ExecuteOptions {
  readonly argsFile: string;
  readonly debug?: boolean;
}

/**
 * Adds `codeseeder execute --args-file FILE`, which runs an invocation in the working folder as a build does. The
 * folder must be an unpacked bundle.
 *
 * @param end receives the exit code
 */
export function addExecuteCommand(
  program: Command,
  terminal: Terminal,
  end: (exitCode: number) => void,
): void {
  program
    .command('execute')
    .description('run an invocation in the working folder, an unpacked bundle, as a build does')
    .requiredOption('--args-file <file>', "file with the invocation, such as a run's input/invocation.json")
    .option('--debug', 'print the command that is run')
    .action(async (options: ExecuteOptions) => end(await execute(options, terminal)));
}

async function execute({ argsFile, debug }: ExecuteOptions, terminal: Terminal): Promise<number> {
  const file = path.resolve(terminal.workingFolder, argsFile);
  const invocation = await readInvocation(argsFile, terminal);
  const ended = await executeInvocation(invocation, file, terminal, debug === true);
  if (terminal.interrupted.aborted)
    throw new InterruptedError('The invocation was interrupted before it ended.');
  if (!ended.ok) {
    if (ended.message !== undefined) printLine(terminal.stderr, ended.message);
    return EXIT_CODES.runFailed;
  }
  if (ended.value !== undefined) printLine(terminal.stdout, JSON.stringify(ended.value, undefined, 2));
  return EXIT_CODES.passed;
}

async function readInvocation(file: string, terminal: Terminal): Promise<Invocation> {
  const text = await readTextFile(file, terminal, `--args-file ${file}`, CHECK_PATH);
  return parseInvocation(parseJson(text, `invocation ${file}`));
}
