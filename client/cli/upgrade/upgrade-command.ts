import type { Command } from 'commander';

import { withNotes } from '../help/command-help.js';
import { withSeedkitArgument, withSeedkitOptions } from '../seedkit-option.js';
import type { Terminal } from '../terminal.js';
import type { UpgradeFlags } from './run-upgrade.js';

const HELP = 'Exit code 0: there is nothing to do. 1: there is.';

/** Adds `codeseeder upgrade`. @param end receives the exit code */
export function addUpgradeCommand(
  program: Command,
  terminal: Terminal,
  end: (exitCode: number) => void,
): void {
  withNotes(withSeedkitArgument(withSeedkitOptions(program.command('upgrade'))), HELP)
    .summary('show whether the deployed seedkit fits this version, and the command if not')
    .description(
      'show whether the deployed seedkit must be deployed again for this version, what would change, and the command; changes nothing',
    )
    .option('--json', 'print the result as JSON')
    .action(async (_name: string | undefined, flags: UpgradeFlags) => {
      const { runUpgrade } = await import('./run-upgrade.js');
      end(await runUpgrade(flags, terminal));
    });
}
