import { wrappedCommand } from './help/wrapped.js';
import { fittedLines } from './print-problem.js';
import { quoteWord } from './quote-word.js';
import { columnsOf } from './text-columns.js';
import type { SeedkitOption, SelectingFlags } from './seedkit-option.js';
import type { Terminal } from './terminal.js';

/** A command that helps next, without its seedkit, and what it does. */
export type NextCommand = readonly [words: string, purpose: string];

/**
 * Returns lines with the next commands for a seedkit. A narrow terminal gets them without what they do. A command that
 * is longer than its lines is broken between words.
 *
 * @param flags environment, region and profile of this command, which the next commands repeat. A seedkit that is
 *   known from the config is not repeated
 */
export function nextCommands(
  next: readonly NextCommand[],
  seedkit: string,
  terminal: Terminal,
  flags: SelectingFlags = {},
): string[] {
  const commands = next.map(([words]) => commandLine([words], seedkit, terminal, flags));
  const width = Math.max(...commands.map(({ length }) => length));
  const lines = next.map(([, purpose], index) => `  ${commands[index]?.padEnd(width)}  # ${purpose}`);
  const columns = terminal.stderr.columns || Infinity;
  if (lines.every(({ length }) => length <= columns)) return lines;
  // Commands of which one is broken start at the first column, so that each id fits into one line on most terminals.
  const areWhole = width <= columns - 2;
  return commands.flatMap((command) => (areWhole ? [`  ${command}`] : wrappedCommand(command, columns)));
}

/** Returns a command as indented lines, which are broken between words on a terminal that is too narrow for it. */
export function indentedCommand(command: string, { columns }: Pick<Terminal['stderr'], 'columns'>): string[] {
  return wrappedCommand(command, (columns || Infinity) - 2).map((line) => `  ${line}`);
}

/**
 * Returns commands for a seedkit as one line for a shell, in which each command reads what the one before it prints.
 * @param flags as of {@link nextCommands}
 */
export function commandLine(
  pipe: readonly string[],
  seedkit: string,
  { environment: variables, program }: Pick<Terminal, 'environment' | 'program'>,
  { environment, profile, region, seedkit: known }: SelectingFlags = {},
): string {
  const isKnown = known === seedkit || variables['CODESEEDER_SEEDKIT'] === seedkit;
  const repeated = { environment, profile, region, seedkit: isKnown ? undefined : seedkit };
  const options = Object.entries(repeated)
    .flatMap(([name, value]) => (value ? [` --${name} ${quoteWord(value)}`] : []))
    .join('');
  return pipe.map((words) => `${program} ${withOptions(words, options)}`).join(' | ');
}

/** Returns a command for the seedkit of this command, as one line for a shell. */
export function repeatedOf(
  words: string,
  { seedkit = '', selecting }: SeedkitOption,
  terminal: Pick<Terminal, 'environment' | 'program'>,
): string {
  return commandLine([words], seedkit, terminal, selecting);
}

/**
 * Returns a text with a command behind it. On a terminal that is too narrow for both, the command has lines of its own,
 * which can be copied together.
 * @param stream the output that gets the lines. @default standard error
 */
export function withCommand(
  text: string,
  command: string,
  { stderr, program }: Pick<Terminal, 'stderr' | 'program'>,
  stream: Pick<Terminal['stderr'], 'isTTY' | 'columns'> = stderr,
): string[] {
  const line = `${text} ${command}`;
  const columns = (stream.isTTY === true && stream.columns) || Infinity;
  if (columnsOf(line) <= columns) return [line];
  return [...fittedLines(stream, program, text), ...wrappedCommand(command, columns)];
}

/** Matches the part of a command before a `--` that is not in quotes. */
const BEFORE_DASHES = /^(?:'[^']*'|\\'|[^'])*?(?= -- )/;

/** Adds options to a command: at its end, or before `--`. */
function withOptions(words: string, options: string): string {
  const own = BEFORE_DASHES.exec(words)?.[0] ?? words;
  return `${own}${options}${words.slice(own.length)}`;
}
