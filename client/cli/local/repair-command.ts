import { Argument, type Command } from 'commander';

import { parseSeedkitName } from '../../../lib/contract/index.js';
import type { RepairReport } from '../../../lib/local/index.js';
import { UsageError } from '../exit-code.js';
import { printResult, type Terminal } from '../terminal.js';
import { dataFolderOf, type LocalFlags } from './local-flags.js';
import { valueOfKind } from '../value-kinds.js';

/** Adds `codeseeder local repair`. */
export function addRepairCommand(local: Command, terminal: Terminal): void {
  local
    .command('repair')
    .description(
      'repair the damaged data of a local AWS that is down: keep what can be read, and list what is lost',
    )
    .addArgument(
      valueOfKind('seedkit', new Argument('[name]', 'name of the seedkit; not needed with --data')),
    )
    .option('--data <dir>', 'folder of its data (default: ~/.local/state/codeseeder/<name>)')
    .option('--json', 'print the result as JSON')
    .action((seedkit: string | undefined, flags: LocalFlags) => repair(seedkit, flags, terminal));
}

async function repair(seedkit: string | undefined, flags: LocalFlags, terminal: Terminal): Promise<void> {
  if (seedkit === undefined && flags.data === undefined) {
    throw new UsageError(
      "`codeseeder local repair` needs a seedkit's name, or --data FOLDER, such as `codeseeder local repair my-kit`.",
    );
  }
  // With `--data`, the seedkit's name is not needed.
  const name = flags.data === undefined ? parseSeedkitName(seedkit) : '';
  const { repairDataFolder } = await import('../../../lib/local/repair/repair-data-folder.js');
  const report = await repairDataFolder(dataFolderOf(name, flags, terminal));
  printResult<'local repair'>(terminal, flags.json === true, { ...report }, () => linesOf(report));
}

function linesOf({ dataFolder, kept, lost, movedTo }: RepairReport): string[] {
  const { records, dynamodb, objects, packageAssets, logEvents } = kept;
  return [
    `${dataFolder}: ${lost.length === 0 ? 'nothing is damaged' : 'repaired'}`,
    `Kept: ${records} records, ${dynamodb} DynamoDB entries, ${objects} objects, ${packageAssets} package files, ${logEvents} log events.`,
    ...(lost.length === 0 ? [] : [`Lost or damaged (${lost.length}):`]),
    ...lost.map(({ subject, reason }) => `- ${subject}: ${reason}`),
    ...(movedTo === undefined ? [] : [`The damaged files are in ${movedTo}.`]),
  ];
}
