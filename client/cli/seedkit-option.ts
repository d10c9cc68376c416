import { type Command, Option } from 'commander';

import { UsageError } from './exit-code.js';
import { seedkit } from '../seedkit.js';
import type { AwsSession, Seedkit } from '../seedkit-types.js';

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

/** @throws UsageError when no seedkit is named */
export function openSeedkit(options: SeedkitOption): Seedkit {
  const { seedkit: name } = options;
  if (name === undefined)
    throw new UsageError('Which seedkit? Give --seedkit NAME or set CODESEEDER_SEEDKIT.');
  return seedkit(name, { aws: overrideSession({}, options) });
}

/**
 * Puts `--region` and `--profile` over where a kit, a function or a file finds AWS. A profile replaces credentials and a
 * role to assume, too: it says as whom.
 */
export function overrideSession(session: AwsSession, { region, profile }: SeedkitOption): AwsSession {
  if (region === undefined && profile === undefined) return session;
  return async () => {
    const { credentials, assumeRole, ...place } = typeof session === 'function' ? await session() : session;
    return {
      ...place,
      ...(profile === undefined && credentials !== undefined && { credentials }),
      ...(profile === undefined && assumeRole !== undefined && { assumeRole }),
      ...(region !== undefined && { region }),
      ...(profile !== undefined && { profile }),
    };
  };
}
