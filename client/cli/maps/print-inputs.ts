import { once } from 'node:events';

import { findMapId } from '../ids/find-map.js';
import { tellOn } from '../ids/find-named.js';
import { connectionOf, openSeedkit } from '../open-seedkit.js';
import type { SeedkitOption } from '../seedkit-option.js';
import { printJsonLine, type Terminal } from '../terminal.js';

/** Flags of `maps inputs`. */
export interface InputsOptions extends SeedkitOption {
  readonly failed?: boolean | undefined;
}

/** Prints the inputs of a map, each as a line of JSON. */
export async function printInputs(named: string, options: InputsOptions, terminal: Terminal): Promise<void> {
  const { stdout, interrupted } = terminal;
  const mapId = await findMapId(named, openSeedkit(options), tellOn(terminal));
  const { readMapInputs } = await import('../../maps/stored-inputs.js');
  const wanted = options.failed === true ? 'unsuccessful' : 'all';
  for await (const { input } of readMapInputs(mapId, wanted, await connectionOf(options), interrupted)) {
    printJsonLine<'maps inputs'>(terminal, input);
    if (stdout.writableNeedDrain) await once(stdout, 'drain', { signal: interrupted });
  }
}
