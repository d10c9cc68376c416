/** Flags and output that the commands that print a list have in common. */
import { type Command, Option } from 'commander';

import type { JsonDocuments, JsonLines } from './output-types.js';
import { printJson, printJsonLine, printLine, type Terminal } from './terminal.js';

/** Values of the flags that decide how a list is printed. */
export interface ListFlags {
  readonly json?: boolean | undefined;
  readonly ndjson?: boolean | undefined;
  readonly quiet?: boolean | undefined;
}

/** Commands that print a list. */
type ListCommand = Extract<keyof JsonDocuments, `${string} list`>;

/** An entry of a list. */
type EntryOf<List extends ListCommand> = JsonDocuments[List][number] & JsonLines[`${List} --ndjson`];

/** How the entries of a list are printed without a flag for programs. */
export interface ListForms<Entry> {
  /** Returns what other commands take as their argument: an id or a name. */
  readonly nameOf: (entry: Entry) => string;
  /** Returns the lines for people, or for programs such as `grep`. */
  readonly lines: () => readonly string[];
}

/**
 * Adds `--quiet`, `--json` and `--ndjson`, and refuses those that exclude each other.
 * @param entries the entries in the help, such as `records`
 * @param names what `--quiet` prints, such as `ids`
 */
export function withListFlags(command: Command, entries: string, names: 'ids' | 'names'): Command {
  return command
    .addOption(
      new Option('-q, --quiet', `print only the ${names}, one a line`).conflicts(['json', 'ndjson', 'watch']),
    )
    .option('--json', `print the ${entries} as JSON`)
    .addOption(
      new Option('--ndjson', `print each of the ${entries} as one JSON object a line`).conflicts('json'),
    );
}

/** Returns whether a list is for people, or for programs that read lines of text with all columns. */
export function isTable({ json, ndjson, quiet }: ListFlags): boolean {
  return json !== true && ndjson !== true && quiet !== true;
}

/** Prints a list in the form that the flags ask for. A call names its command as the type argument. */
export function printList<List extends ListCommand = never>(
  terminal: Terminal,
  flags: ListFlags,
  entries: JsonDocuments[List] & readonly EntryOf<List>[],
  { nameOf, lines }: ListForms<EntryOf<List>>,
): void {
  const each: readonly EntryOf<List>[] = entries;
  if (flags.json === true) return printJson<List>(terminal, entries);
  if (flags.ndjson === true)
    return each.forEach((entry) => printJsonLine<`${List} --ndjson`>(terminal, entry));
  for (const line of flags.quiet === true ? each.map(nameOf) : lines()) printLine(terminal.stdout, line);
}
