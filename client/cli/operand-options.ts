import type { Command } from 'commander';

import { nameOf } from './help/command-help.js';
import { takesCommand } from './refuse-words.js';

/** Matches the text of Commander about an option that a command does not have. */
const UNKNOWN_OPTION = /^error: unknown option '--?([\w-]+)/;

/** Other names that users give arguments, by argument. */
const OTHER_NAMES: Readonly<Record<string, readonly string[]>> = {
  expression: ['schedule', 'schedule-expression', 'cron', 'rate', 'at'],
};

/**
 * Returns the usage of a command whose argument was given as an option, such as `map TARGET --inputs FILE`; undefined
 * for another mistake.
 *
 * @param text the text of Commander
 * @param hasCommand whether there is a command after `--`
 */
export function adviceOnOperand(text: string, command: Command, hasCommand: boolean): string | undefined {
  const given = UNKNOWN_OPTION.exec(text)?.[1];
  const operand = operandsOf(command).find((name) => isNameOf(name, given));
  if (operand === undefined) return undefined;
  return `${operand.toUpperCase()} is given without an option: ${nameOf(command)} ${usageOf(command, hasCommand)}`;
}

function isNameOf(operand: string, given = ''): boolean {
  return [operand, ...(OTHER_NAMES[operand] ?? [])].some((name) => given === name || `${given}s` === name);
}

/** Returns the names of arguments. An option of `run` with such a name is more often one of a command without `--`. */
function operandsOf(command: Command): readonly string[] {
  if (takesCommand(command)) return command.name() === 'map' ? ['inputs'] : [];
  return command.registeredArguments.map((argument) => argument.name());
}

function usageOf(command: Command, hasCommand: boolean): string {
  if (takesCommand(command)) {
    const usages = command
      .usage()
      .replaceAll('[options] ', '')
      .split(/ +\| +/);
    return usages.find((usage) => usage.includes(' -- ') === hasCommand) ?? '';
  }
  return command.registeredArguments
    .map((argument) => `${argument.name().toUpperCase()}${argument.variadic ? '...' : ''}`)
    .map((name, index) => (command.registeredArguments[index]?.required === true ? name : `[${name}]`))
    .join(' ');
}
