import { type Command, Option } from 'commander';

import { UsageError } from './exit-code.js';
import { seedkit } from '../seedkit.js';
import type { Seedkit } from '../seedkit-types.js';

export interface SeedkitOption {
  readonly seedkit?: string;
  readonly region?: string;
  readonly profile?: string;
}

/** `--seedkit`, `--region` and `--profile`, on every command that talks to a seedkit. */
export function withSeedkitOptions(command: Command): Command {
  return command
    .addOption(new Option('-s, --seedkit <name>', "the seedkit's name").env('CODESEEDER_SEEDKIT'))
    .option('--region <region>', "the seedkit's region (default: the AWS SDK's)")
    .option('--profile <profile>', 'profile of the shared AWS configuration');
}

export function openSeedkit({ seedkit: name, region, profile }: SeedkitOption): Seedkit {
  if (name === undefined)
    throw new UsageError('Which seedkit? Give --seedkit NAME or set CODESEEDER_SEEDKIT.');
  const aws = { ...(region !== undefined && { region }), ...(profile !== undefined && { profile }) };
  return seedkit(name, { aws });
}
