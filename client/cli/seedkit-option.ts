import { type Command, Option } from 'commander';

import { definedOnly } from '../../lib/contract/defined-only.js';
import { UsageError } from './exit-code.js';
import { seedkit } from '../seedkit.js';
import type { AwsSession } from '../aws-options.js';
import type { Seedkit } from '../seedkit-types.js';

/** Values of the flags that select a seedkit. */
export interface SeedkitOption {
  readonly seedkit?: string | undefined;
  readonly region?: string | undefined;
  readonly profile?: string | undefined;
}

/** Adds `--seedkit`, `--region` and `--profile`, which every command on a seedkit has. */
export function withSeedkitOptions(command: Command): Command {
  return command
    .addOption(new Option('-s, --seedkit <name>', 'name of the seedkit').env('CODESEEDER_SEEDKIT'))
    .option('--region <region>', "AWS region of the seedkit (default: the AWS SDK's)")
    .option('--profile <profile>', 'profile of the shared AWS configuration');
}

/** Returns the client of the seedkit. @throws UsageError if no seedkit is named */
export function openSeedkit(options: SeedkitOption): Seedkit {
  const { seedkit: name } = options;
  if (name === undefined)
    throw new UsageError('No seedkit is named. Give --seedkit NAME or set CODESEEDER_SEEDKIT.');
  return seedkit(name, { aws: overrideSession({}, options) });
}

/**
 * Overrides the session of a kit, a function or an options file with `--region` and `--profile`. A profile also replaces
 * the session's credentials and its role to assume.
 */
export function overrideSession(session: AwsSession, { region, profile }: SeedkitOption): AwsSession {
  if (region === undefined && profile === undefined) return session;
  return async () => {
    const options = typeof session === 'function' ? await session() : session;
    const { credentials: _, assumeRole: __, ...withoutIdentity } = options;
    return profile === undefined
      ? { ...options, ...definedOnly({ region }) }
      : { ...withoutIdentity, ...definedOnly({ region, profile }) };
  };
}
