import { type Command, Option } from 'commander';

import { UsageError } from './exit-code.js';
import { seedkit } from '../seedkit.js';
import type { Seedkit } from '../seedkit-types.js';

export interface SeedkitOption {
  readonly seedkit?: string;
  readonly region?: string;
}

/** `--seedkit` and `--region`, on every command that talks to a seedkit. */
export function withSeedkitOptions(command: Command): Command {
  return command
    .addOption(new Option('-s, --seedkit <name>', "the seedkit's name").env('CODESEEDER_SEEDKIT'))
    .option('--region <region>', "the seedkit's region (default: the AWS SDK's)");
}

export function openSeedkit({ seedkit: name, region }: SeedkitOption): Seedkit {
  if (name === undefined)
    throw new UsageError('Which seedkit? Give --seedkit NAME or set CODESEEDER_SEEDKIT.');
  return seedkit(name, region === undefined ? {} : { aws: { region } });
}
