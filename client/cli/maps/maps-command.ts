import { type Command } from 'commander';

import { mapId } from '../ids/id-arguments.js';
import { withListFlags } from '../list-output.js';
import { withSeedkitOptions } from '../seedkit-option.js';
import { unlessAborted } from '../signals.js';
import type { Terminal } from '../terminal.js';
import { parseLimit } from '../runs/list-command.js';
import { addMapOptions, parseOrder } from './map-command.js';
import type { InputsOptions } from './print-inputs.js';
import type { CancelMapOptions, ListOptions, MapsOptions, RepeatOptions, WaitOptions } from './show-maps.js';

/**
 * Adds `codeseeder maps list`, `show`, `inputs`, `wait`, `cancel` and `again`.
 * @param end receives the exit code of commands that report the end of maps by it
 */
export function addMapsCommand(program: Command, terminal: Terminal, end: (exitCode: number) => void): void {
  const { interrupted } = terminal;
  const maps = program
    .command('maps')
    .description('list maps, show them, wait for them, cancel or repeat them');
  const list = withSeedkitOptions(maps.command('list'))
    .description('list the latest maps, newest first')
    .option('-n, --limit <count>', 'maximum number of maps', parseLimit, 20);
  withListFlags(list, 'records', 'ids').action(async (options: ListOptions) => {
    const { listMaps } = await import('./show-maps.js');
    await unlessAborted(listMaps(options, terminal), interrupted);
  });
  withSeedkitOptions(maps.command('show'))
    .description("show a map's progress, and its runs that did not succeed once it has ended")
    .addArgument(mapId())
    .option('--json', 'print record and progress as JSON')
    .action(async (id: string, options: MapsOptions) => {
      const { showMap } = await import('./show-maps.js');
      await unlessAborted(showMap(id, options, terminal), interrupted);
    });
  withSeedkitOptions(maps.command('inputs'))
    .description('print the inputs of a map as lines of JSON, which codeseeder map takes')
    .addArgument(mapId())
    .option('--failed', 'only inputs whose runs did not succeed or were not started, of a map that has ended')
    .action(async (id: string, options: InputsOptions) => {
      const { printInputs } = await import('./print-inputs.js');
      await unlessAborted(printInputs(id, options, terminal), interrupted);
    });
  withSeedkitOptions(maps.command('wait'))
    .description('print the results of a map as they are known, also if another process started it')
    .addArgument(mapId())
    .option('--order <order>', 'order of the printed results: input or completion', parseOrder, 'input')
    .option('--json', 'print status, progress and all results as one JSON document, after the end of the map')
    .action(async (id: string, options: WaitOptions) => {
      const { waitForMap } = await import('./show-maps.js');
      end(await waitForMap(id, options, terminal));
    });
  addActions(maps, terminal, end);
}

/** Adds the commands that change maps or start them. */
function addActions(maps: Command, terminal: Terminal, end: (exitCode: number) => void): void {
  const { interrupted } = terminal;
  withSeedkitOptions(maps.command('cancel'))
    .description(
      'start no further run of a map, and stop its runs and their builds; exits with 1 if it had already ended',
    )
    .addArgument(mapId())
    .option('--reason <text>', 'reason, stored in the records of the runs')
    .option('--json', "print the map's progress as JSON")
    .action(async (id: string, options: CancelMapOptions) => {
      const { cancelMap } = await import('./show-maps.js');
      end(await unlessAborted(cancelMap(id, options, terminal), interrupted));
    });
  addMapOptions(withSeedkitOptions(maps.command('again')))
    .option('--name <name>', 'name of the map, for lists')
    .description(
      'run the inputs of a map that has ended whose runs did not succeed or were not started, with the code of that map; for changed code, start a new map',
    )
    .addArgument(mapId())
    .option('--order <order>', 'order of the printed results: input or completion', parseOrder, 'input')
    .option('-d, --detach', 'print the id of the new map and do not wait for it')
    .option('--json', 'print the id of a map left with --detach as JSON')
    .action(async (id: string, options: RepeatOptions) => {
      const { repeatMap } = await import('./show-maps.js');
      end(await repeatMap(id, options, terminal));
    });
}
