import path from 'node:path';

import type { Command } from 'commander';

import type { Terminal } from '../terminal.js';
import { defaultDataFolder } from './state-folder.js';

/** Values of the flags that all commands on a local AWS have. */
export interface LocalFlags {
  readonly data?: string | undefined;
  readonly json?: boolean | undefined;
}

/** Adds the seedkit's name, `--data` and `--json`, which all commands on a local AWS have. */
export function withLocalFlags(command: Command, description: string): Command {
  return command
    .description(description)
    .argument('<name>', 'name of the seedkit')
    .option('--data <dir>', 'folder of its data (default: ~/.local/state/codeseeder/<name>)')
    .option('--json', 'print the result as JSON');
}

/** Returns the data folder of a seedkit's local AWS. */
export function dataFolderOf(seedkit: string, flags: LocalFlags, terminal: Terminal): string {
  const { data } = flags;
  if (data === undefined) return defaultDataFolder(seedkit, terminal.environment);
  return path.resolve(terminal.workingFolder, data);
}

/** Returns the running local AWS of a seedkit, or undefined if it is not up. */
export async function findLocalAws(seedkit: string, flags: LocalFlags, terminal: Terminal) {
  const { findRunningPlace } = await import('../../../lib/local/running-place.js');
  return findRunningPlace(dataFolderOf(seedkit, flags, terminal));
}
