/** Refuses words of a command line that its command does not take, and says where arguments of a run go. */
import type { Command } from 'commander';

import { UsageError } from './exit-code.js';
import { nameOf } from './help/command-help.js';
import { quoteWord } from './quote-word.js';

/** Commands that take the words after `--`. */
const WITH_COMMAND: ReadonlySet<string> = new Set(
  ['run', 'map', 'publish', 'complete'].map((name) => `codeseeder ${name}`),
);

/** Returns whether a command takes the words after `--`. */
export function takesCommand(command: Command): boolean {
  return WITH_COMMAND.has(nameOf(command));
}

/** Refuses words after `--` for a command that would ignore them. @throws UsageError */
export function refuseIgnored(command: Command, words: readonly string[] | undefined): void {
  if (words === undefined || words.length === 0 || takesCommand(command)) return;
  const advice = takesArgs(command)
    ? argsAdvice(words)
    : command.registeredArguments.some(({ variadic }) => variadic)
      ? 'Leave out --, and give arguments without it.'
      : 'Leave out -- and what is after it.';
  throw new UsageError(
    `${nameOf(command)} takes no words after --, but there are ${words.map(quoteWord).join(' ')}. ${advice} Examples and options: ${nameOf(command)} --help`,
  );
}

/** Returns how to give arguments to a command that takes them as one array; undefined for another command. */
export function adviceOnArgs(command: Command): string | undefined {
  return takesArgs(command) ? argsAdvice(command.args.slice(command.registeredArguments.length)) : undefined;
}

function takesArgs(command: Command): boolean {
  return command.options.some(({ long }) => long === '--args');
}

function argsAdvice(words: readonly string[]): string {
  const args = `[${words.map(asJson).join(', ')}]`;
  return `Other arguments for the run are one JSON array: \`--args ${quoteWord(args)}\`.`;
}

/** Returns a word that is JSON as it is, and another one as a JSON string: a shell may have removed its quotes. */
function asJson(word: string): string {
  try {
    JSON.parse(word);
    return word;
  } catch {
    return JSON.stringify(word);
  }
}
