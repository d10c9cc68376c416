import type { Command } from 'commander';

import { withSeedkitOptions } from '../seedkit-option.js';
import type { Terminal } from '../terminal.js';
import type { UpgradeFlags } from './run-upgrade.js';

/** Adds `codeseeder upgrade`. @param end receives the exit code */
export function addUpgradeCommand(
  program: Command,
  terminal: Terminal,
  end: (exitCode: number) => void,
): void {
  withSeedkitOptions(program.command('upgrade'))
    .description(
      'show whether the deployed seedkit must be deployed again for this version, what would change, and the command; changes nothing',
    )
    .option('--json', 'print the result as JSON')
    .addHelpText('after', '\nExit code 0: there is nothing to do. 1: there is.')
    .action(async (flags: UpgradeFlags) => {
      const { runUpgrade } = await import('./run-upgrade.js');
      end(await runUpgrade(flags, terminal));
    });
}
