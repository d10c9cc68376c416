import type { Command } from 'commander';

import { nameOf } from './help/command-help.js';
import { isShown } from './help/format-help.js';

/**
 * Returns the message of a refused command line. If the unknown command is one of a group, such as `logs` of `runs`,
 * the message suggests it in place of a command whose name looks alike.
 */
export function withCommandOfGroup(message: string, program: Command): string {
  const unknown = /^error: unknown command '(.*)'/.exec(message)?.[1];
  const commands = program.commands
    .flatMap((group) => group.commands)
    .filter((command) => command.name() === unknown && isShown(command))
    .map(nameOf);
  return commands.length === 0
    ? message
    : `error: unknown command '${unknown}'\n(Did you mean ${commands.join(', ')}?)`;
}
