import type { SeedkitOption } from './seedkit-option.js';
import type { Terminal } from './terminal.js';

/** A command that helps next, without its seedkit, and what it does. */
export type NextCommand = readonly [words: string, purpose: string];

/**
 * Returns lines with the next commands for a seedkit. A narrow terminal gets them without what they do.
 *
 * @param flags environment, region and profile of this command, which the next commands repeat. A seedkit that is
 *   known from the config is not repeated
 */
export function nextCommands(
  next: readonly NextCommand[],
  seedkit: string,
  { environment: variables, stderr, program }: Terminal,
  { environment, profile, region, seedkit: known }: SeedkitOption = {},
): string[] {
  const isKnown = known === seedkit || variables['CODESEEDER_SEEDKIT'] === seedkit;
  const repeated = { environment, profile, region, seedkit: isKnown ? undefined : seedkit };
  const options = Object.entries(repeated)
    .flatMap(([name, value]) => (value ? [` --${name} ${value}`] : []))
    .join('');
  const commands = next.map(([words]) => `  ${program} ${withOptions(words, options)}`);
  const width = Math.max(...commands.map(({ length }) => length));
  const lines = next.map(([, purpose], index) => `${commands[index]?.padEnd(width)}  # ${purpose}`);
  const columns = stderr.columns || Infinity;
  return lines.every(({ length }) => length <= columns) ? lines : commands;
}

/** Adds options to a command: at its end, or before `--`. */
function withOptions(words: string, options: string): string {
  const at = words.indexOf(' -- ');
  return at < 0 ? `${words}${options}` : `${words.slice(0, at)}${options}${words.slice(at)}`;
}
