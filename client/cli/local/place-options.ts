import type { Command } from 'commander';

import type { Terminal } from '../terminal.js';
import { defaultDataFolder } from './state-folder.js';

export interface PlaceOptions {
  readonly data?: string;
  readonly json?: boolean;
}

/** The seedkit's name, `--data` and `--json`, on every command about a place. */
export function withPlaceOptions(command: Command, description: string): Command {
  return command
    .description(description)
    .argument('<name>', "the seedkit's name")
    .option('--data <dir>', 'folder of its data (default: ~/.local/state/codeseeder/<name>)')
    .option('--json', 'print the result as JSON');
}

export function dataFolderOf(seedkit: string, options: PlaceOptions, terminal: Terminal): string {
  return options.data ?? defaultDataFolder(seedkit, terminal.environment);
}

export async function findPlace(seedkit: string, options: PlaceOptions, terminal: Terminal) {
  const { findRunningPlace } = await import('../../../lib/local/index.js');
  return findRunningPlace(dataFolderOf(seedkit, options, terminal));
}
