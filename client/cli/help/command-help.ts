import type { Command, Option } from 'commander';

import type { Examples } from './examples.js';
import { EXAMPLES_OF_RUNS } from './examples-of-runs.js';
import { EXAMPLES_OF_SETUP } from './examples-of-setup.js';

/** An example of a command line. */
export interface Example {
  /** What it does, without a period. */
  readonly purpose: string;
  /** A line for a shell. */
  readonly line: string;
}

/** Examples of the program itself: what people do most. */
const MOST_USED: Examples = {
  'Start a local AWS on this machine; no AWS account is needed':
    'eval "$(codeseeder local up my-kit --detach)"',
  'Or deploy a seedkit to your AWS account': 'codeseeder deploy seedkit my-kit',
  'Run a function with an argument': `codeseeder run 'hello.mts#hello' '"world"'`,
  'Run a command in a copy of this folder': 'codeseeder run --dir . -- npm test',
  'List the latest runs': 'codeseeder runs list',
  'Watch runs in a browser': 'codeseeder console',
};

/** Examples by the full name of their command. */
export const EXAMPLES: Readonly<Record<string, Examples>> = {
  codeseeder: MOST_USED,
  ...EXAMPLES_OF_RUNS,
  ...EXAMPLES_OF_SETUP,
};

const NOTES = new WeakMap<Command, readonly string[]>();
const GROUPS = new WeakMap<Command | Option, string>();

/** Returns the full name of a command, such as `codeseeder local up`. */
export function nameOf(command: Command): string {
  return command.parent === null ? command.name() : `${nameOf(command.parent)} ${command.name()}`;
}

/** Returns the examples of a command; of one with subcommands, the first example of each. */
export function examplesOf(command: Command): readonly Example[] {
  const own = EXAMPLES[nameOf(command)];
  if (own === undefined) return command.commands.flatMap((child) => examplesOf(child).slice(0, 1));
  return Object.entries(own).map(([purpose, line]) => ({ purpose, line }));
}

/** Adds paragraphs that the help shows below the options. */
export function withNotes(command: Command, ...notes: readonly string[]): Command {
  NOTES.set(command, notes);
  return command;
}

/** Returns the paragraphs of {@link withNotes}. */
export function notesOf(command: Command): readonly string[] {
  return NOTES.get(command) ?? [];
}

/** Shows the options or commands that `add` adds to a command under a heading of their own. */
export function inGroup(command: Command, heading: string, add: (command: Command) => unknown): Command {
  const before = new Set<Command | Option>([...command.options, ...command.commands]);
  add(command);
  for (const added of [...command.options, ...command.commands]) {
    if (!before.has(added)) GROUPS.set(added, heading);
  }
  return command;
}

/** Divides options or commands by their headings, in the order of their first members. */
export function grouped<Member extends Command | Option>(
  members: readonly Member[],
  heading: string,
): ReadonlyMap<string, readonly Member[]> {
  const groups = new Map<string, Member[]>();
  for (const member of members) {
    const name = GROUPS.get(member) ?? heading;
    groups.set(name, [...(groups.get(name) ?? []), member]);
  }
  return groups;
}
