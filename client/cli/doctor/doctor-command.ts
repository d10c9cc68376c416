import type { Command } from 'commander';

import { withNotes } from '../help/command-help.js';
import { withSeedkitFlags } from '../seedkit-option.js';
import type { Terminal } from '../terminal.js';
import type { DoctorFlags } from './run-doctor.js';

const HELP = 'Exit code 0: no problem was found, perhaps warnings. 1: a problem was found.';

/** Adds `codeseeder doctor`. @param end receives the exit code */
export function addDoctorCommand(
  program: Command,
  terminal: Terminal,
  end: (exitCode: number) => void,
): void {
  withNotes(withSeedkitFlags(program.command('doctor')), HELP)
    .summary('check this machine, credentials, rights, quotas and the seedkit')
    .description(
      'check this machine, the config, credentials, region, rights, quotas and the seedkit, with a remedy for each problem; changes nothing',
    )
    .option('--json', 'print the result as JSON')
    .action(async (flags: DoctorFlags, command: Command) => {
      const { runDoctor } = await import('./run-doctor.js');
      end(await runDoctor(flags, command, terminal));
    });
}
