import type { Terminal } from './terminal.js';

/** A command that helps next, without its seedkit, and what it does. */
export type NextCommand = readonly [words: string, purpose: string];

/** Returns lines with the next commands for a seedkit. A narrow terminal gets them without what they do. */
export function nextCommands(
  next: readonly NextCommand[],
  seedkit: string,
  { environment, stderr, program }: Terminal,
): string[] {
  const option = environment['CODESEEDER_SEEDKIT'] === seedkit ? '' : ` --seedkit ${seedkit}`;
  const commands = next.map(([words]) => `  ${program} ${words}${option}`);
  const width = Math.max(...commands.map(({ length }) => length));
  const lines = next.map(([, purpose], index) => `${commands[index]?.padEnd(width)}  # ${purpose}`);
  const columns = stderr.columns || Infinity;
  return lines.every(({ length }) => length <= columns) ? lines : commands;
}
