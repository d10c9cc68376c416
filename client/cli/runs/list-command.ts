import { type Command, InvalidArgumentError, Option } from 'commander';

import { RUN_STATUSES, TRIGGERS } from '../../../lib/contract/index.js';
import { givenOptions, keepGivenOptions } from '../given-options.js';
import { withListFlags } from '../list-output.js';
import { collectPair } from '../run/collect.js';
import { withSeedkitOptions } from '../seedkit-option.js';
import { unlessAborted } from '../signals.js';
import type { Terminal } from '../terminal.js';
import type { ListOptions } from './print-runs.js';

/** Adds `codeseeder runs list`. */
export function addListCommand(runs: Command, terminal: Terminal): void {
  const list = withSeedkitOptions(runs.command('list'));
  list
    .description('list the latest runs, newest first; with several filters, those that match all of them')
    .option('-n, --limit <count>', 'maximum number of runs', parseLimit, 20)
    .addOption(oneOf(new Option('--status <status>', 'only runs of this status'), RUN_STATUSES))
    .option('-l, --label <name=value>', 'only runs with this label (repeatable)', collectLabel)
    .option('--target <name>', 'only runs of this target, such as src/deploy.ts#network, or of this name')
    .addOption(oneOf(new Option('--trigger <trigger>', 'only runs with this trigger'), TRIGGERS))
    .option('--lock <name>', 'only runs with this lock')
    .option('--map <id>', 'only runs of this map; the id as in maps show')
    .option('--schedule <name>', 'only runs that this schedule started')
    .option(
      '--since <time>',
      'only runs queued since then: ISO 8601, or an age such as 2h (default: 30 days)',
    )
    .option('--until <time>', 'only runs queued until then, in the same form')
    .option('--after <id>', 'the next page: runs older than this one; the id as in runs show')
    .option(
      '-w, --watch',
      'follow the list until Ctrl-C; without a terminal, with --json and with --ndjson, print a line for each change',
    );
  keepGivenOptions(withListFlags(list, 'records', 'ids')).action(
    async (options: ListOptions & { readonly watch?: boolean }) => {
      const { printRuns } = await import('./print-runs.js');
      const { watchRuns } = await import('./watch-runs.js');
      const given = (without: readonly string[]) => givenOptions(list, new Set(without));
      const work =
        options.watch === true ? watchRuns(options, terminal) : printRuns({ ...options, given }, terminal);
      await unlessAborted(work, terminal.interrupted);
    },
  );
}

/** Lets an option take one of several names in any case. */
function oneOf(option: Option, names: readonly string[]): Option {
  return option.choices(names).argParser((text) => {
    const name = text.toUpperCase();
    if (names.includes(name)) return name;
    throw new InvalidArgumentError(`Allowed choices are ${names.join(', ')}.`);
  });
}

function collectLabel(text: string, labels?: Readonly<Record<string, string>>) {
  return collectPair('--label', text, labels);
}

export function parseLimit(text: string): number {
  const limit = Number(text);
  if (!Number.isInteger(limit) || limit < 1)
    throw new InvalidArgumentError('Give a whole number of at least 1.');
  return limit;
}
