import type { PublishedVersion } from '../../target-types.js';
import { type NextCommand, nextCommands } from '../next-commands.js';
import { isInteractive, printLine, printResult, type Terminal } from '../terminal.js';
import type { PublishFlags } from './publish-flags.js';

/**
 * Prints a version that was published, and on a terminal the command that starts it: by the alias, if it has one.
 * The command has a placeholder for each argument that its function needs.
 */
export function printPublished(
  version: PublishedVersion,
  { seedkit, parameters = 0 }: { readonly seedkit: string; readonly parameters?: number | undefined },
  { alias, json, selecting }: Pick<PublishFlags, 'alias' | 'json' | 'selecting'>,
  terminal: Terminal,
): void {
  const reference = `${version.name}@${version.version}`;
  printResult<'publish'>(terminal, json === true, version, () => [reference]);
  if (!isInteractive(terminal)) return;
  const started = alias === undefined ? reference : `${version.name}@${alias}`;
  const args = Array.from({ length: parameters }, (_, index) => ` ARG${parameters === 1 ? '' : index + 1}`);
  const purpose = parameters === 0 ? 'starts it' : `starts it; an argument is JSON, such as '"dev"'`;
  const start: NextCommand = [`start ${started}${args.join('')}`, purpose];
  for (const line of nextCommands([start], seedkit, terminal, selecting)) printLine(terminal.stderr, line);
}
