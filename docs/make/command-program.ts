/** Creates the program of the command line, to describe it and to parse command lines without running them. */
import { PassThrough } from 'node:stream';

import { type Command, CommanderError } from 'commander';

import { isShown } from '../../client/cli/help/format-help.js';
import { createProgram } from '../../client/cli/program.js';
import type { Terminal } from '../../client/cli/terminal.js';

/** Returns the program with every command and flag. Its actions do nothing. */
export function commandProgram(): Command {
  // No action runs, so nothing reads or writes the streams of this terminal.
  const terminal = { stdout: new PassThrough(), stderr: new PassThrough() } as unknown as Terminal;
  const program = createProgram(terminal, undefined, () => undefined);
  for (const command of [program, ...leavesOf(program)]) {
    command.exitOverride().configureOutput({ writeErr: () => undefined, writeOut: () => undefined });
  }
  for (const command of leavesOf(program)) command.action(() => undefined);
  return program;
}

/** Returns the commands for users without subcommands. */
export function leavesOf(command: Command): Command[] {
  return command.commands
    .filter(isShown)
    .flatMap((child) => (child.commands.length === 0 ? [child] : leavesOf(child)));
}

/** Parses the words after `codeseeder`. @returns the reason for a refusal; undefined when the words are valid */
export function refusalOf(words: readonly string[]): string | undefined {
  const end = words.indexOf('--');
  try {
    commandProgram().parse(end < 0 ? [...words] : words.slice(0, end), { from: 'user' });
    return undefined;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? undefined : error.message;
    throw error;
  }
}
