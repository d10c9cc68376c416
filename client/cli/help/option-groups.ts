import type { Command, Option } from 'commander';

import { grouped } from './command-help.js';

/** Headings of options that several commands have. */
export const OPTION_GROUPS = {
  output: 'Output',
  contents: 'What to include',
  build: 'Build environment',
  phases: 'Commands of phases',
  python: 'Python',
  cache: 'Lock and cache',
  debugging: 'Debugging',
  seedkit: 'Seedkit and AWS',
} as const;

/** Heading of options without a group. */
export const UNGROUPED = 'Options';

/** Returns the visible options of a command by heading. Those of every command on a seedkit are last. */
export function optionGroupsOf(command: Command): ReadonlyMap<string, readonly Option[]> {
  const visible = command.options.filter(({ hidden }) => !hidden);
  const groups = grouped(visible, UNGROUPED);
  const rank = (heading: string) => {
    if (heading === UNGROUPED) return 0;
    return heading === OPTION_GROUPS.seedkit ? 2 : 1;
  };
  return new Map([...groups].sort(([one], [other]) => rank(one) - rank(other)));
}
