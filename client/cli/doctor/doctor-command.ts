import type { Command } from 'commander';

import { withSeedkitFlags } from '../seedkit-option.js';
import type { Terminal } from '../terminal.js';
import type { DoctorFlags } from './run-doctor.js';

/** Adds `codeseeder doctor`. @param end receives the exit code */
export function addDoctorCommand(
  program: Command,
  terminal: Terminal,
  end: (exitCode: number) => void,
): void {
  withSeedkitFlags(program.command('doctor'))
    .description(
      'check this machine, the config, credentials, region, rights, quotas and the seedkit, with a remedy for each problem; changes nothing',
    )
    .option('--json', 'print the result as JSON')
    .addHelpText('after', '\nExit code 0: no problem was found, perhaps warnings. 1: a problem was found.')
    .action(async (flags: DoctorFlags, command: Command) => {
      const { runDoctor } = await import('./run-doctor.js');
      end(await runDoctor(flags, command, terminal));
    });
}
