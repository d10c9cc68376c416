import type { Command } from 'commander';

import { type ListFlags, withListFlags } from '../list-output.js';
import { type SeedkitOption, withSeedkitOptions } from '../seedkit-option.js';
import { unlessAborted } from '../signals.js';
import type { Terminal } from '../terminal.js';
import type { ReleaseOptions } from './release-with-confirmation.js';
import type { LocksOptions } from './show-locks.js';

/** Adds `codeseeder locks list`, `show` and `release`. */
export function addLocksCommand(program: Command, terminal: Terminal): void {
  const { interrupted } = terminal;
  const locks = program.command('locks').description('list locks of runs, show them, or release one');
  const list = withSeedkitOptions(locks.command('list')).description(
    'list the locks and the runs that hold them',
  );
  withListFlags(list, 'locks', 'names').action(async (options: SeedkitOption & ListFlags) => {
    const { listLocks } = await import('./show-locks.js');
    await unlessAborted(listLocks(options, terminal), interrupted);
  });
  withSeedkitOptions(locks.command('show'))
    .description('show the run that holds a lock and those that wait for it')
    .argument('<name>', 'name of the lock')
    .option('--json', 'print the lock as JSON')
    .action(async (name: string, options: LocksOptions) => {
      const { showLock } = await import('./show-locks.js');
      await unlessAborted(showLock(name, options, terminal), interrupted);
    });
  withSeedkitOptions(locks.command('release'))
    .description('release a lock whose run has ended, and give it to the next run')
    .argument('<name>', 'name of the lock')
    .option(
      '--force',
      'release it even if the build of its run is still running; the build of the next run then runs at the same time',
    )
    .option('--yes', 'do not ask for confirmation')
    .option('--json', 'print the lock with its next holder as JSON')
    .action(async (name: string, options: ReleaseOptions) => {
      const { releaseWithConfirmation } = await import('./release-with-confirmation.js');
      await unlessAborted(releaseWithConfirmation(name, options, terminal), interrupted);
    });
}
