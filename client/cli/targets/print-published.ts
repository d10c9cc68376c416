import type { PublishedVersion } from '../../target-types.js';
import { nextCommands } from '../next-commands.js';
import { isInteractive, printLine, printResult, type Terminal } from '../terminal.js';
import type { PublishFlags } from './publish-flags.js';

/** Prints a version that was published, and on a terminal the command that starts it: by the alias, if it has one. */
export function printPublished(
  version: PublishedVersion,
  seedkit: string,
  { alias, json }: Pick<PublishFlags, 'alias' | 'json'>,
  terminal: Terminal,
): void {
  const published = `${version.name}@${version.version}`;
  printResult<'publish'>(terminal, json === true, version, () => [published]);
  if (!isInteractive(terminal)) return;
  const started = alias === undefined ? published : `${version.name}@${alias}`;
  for (const line of nextCommands([[`start ${started}`, 'starts it']], seedkit, terminal))
    printLine(terminal.stderr, line);
}
