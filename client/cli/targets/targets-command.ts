import { Argument, type Command } from 'commander';

import { type ListFlags, withListFlags } from '../list-output.js';
import { type OutputFlags, withOutputFlags } from '../run/output-flags.js';
import { type SeedkitOption, withSeedkitOptions } from '../seedkit-option.js';
import { unlessAborted } from '../signals.js';
import type { Terminal } from '../terminal.js';
import type { RemoveFlags, TargetsFlags } from './show-targets.js';
import { valueOfKind } from '../value-kinds.js';

/**
 * Adds `codeseeder targets list`, `show`, `promote`, `remove` and `wait`.
 * @param end receives the exit code of a run
 */
export function addTargetsCommand(
  program: Command,
  terminal: Terminal,
  end: (exitCode: number) => void,
): void {
  const { interrupted } = terminal;
  const targets = program.command('targets').description('list, promote or remove published targets');
  const list = withSeedkitOptions(targets.command('list')).description('list the published targets');
  withListFlags(list, 'targets', 'names').action(async (flags: SeedkitOption & ListFlags) => {
    const { listTargets } = await import('./show-targets.js');
    await unlessAborted(listTargets(flags, terminal), interrupted);
  });
  withSeedkitOptions(targets.command('show'))
    .description('show the versions and aliases of a target')
    .argument('<name>', 'name of the target')
    .option('--json', 'print the target as JSON')
    .action(async (name: string, flags: TargetsFlags) => {
      const { showTarget } = await import('./show-targets.js');
      await unlessAborted(showTarget(name, flags, terminal), interrupted);
    });
  withSeedkitOptions(targets.command('promote'))
    .description('point an alias to a version')
    .argument('<target>', 'NAME@VERSION, NAME@ALIAS, or NAME for the newest version')
    .argument('<alias>', 'alias, such as prod')
    .option('--json', 'print the target as JSON')
    .action(async (reference: string, alias: string, flags: TargetsFlags) => {
      const { promoteTarget } = await import('./show-targets.js');
      await unlessAborted(promoteTarget(reference, alias, flags, terminal), interrupted);
    });
  withSeedkitOptions(targets.command('remove'))
    .description('remove a version, an alias, or with --all a whole target')
    .argument('<target>', 'NAME@VERSION, NAME@ALIAS, or NAME with --all')
    .option('--all', 'remove all versions and aliases of the target')
    .option('--json', 'print what is left of the target as JSON')
    .action(async (reference: string, flags: RemoveFlags) => {
      const { removeTarget } = await import('./show-targets.js');
      await unlessAborted(removeTarget(reference, flags, terminal), interrupted);
    });
  withOutputFlags(withSeedkitOptions(targets.command('wait')))
    .description('wait for the end of a run of a target; needs only the rights to start targets')
    .addArgument(valueOfKind('wholeRun', new Argument('<run>', 'id of the run')))
    .action(async (runId: string, flags: TargetsFlags & OutputFlags) => {
      const { waitForTargetRun } = await import('./show-targets.js');
      end(await waitForTargetRun(runId, flags, terminal));
    });
}
