import { definedOnly } from '../../lib/contract/defined-only.js';
import type { AwsSession } from '../aws-options.js';
import type { Seedkit } from '../seedkit-types.js';
import { seedkit } from '../seedkit.js';
import { UsageError } from './exit-code.js';
import type { SeedkitOption } from './seedkit-option.js';

/** Returns the client of the seedkit. @throws UsageError if no seedkit is named */
export function openSeedkit(options: SeedkitOption): Seedkit {
  const { seedkit: name } = options;
  if (name === undefined)
    throw new UsageError('No seedkit is named. Give --seedkit NAME or set CODESEEDER_SEEDKIT.');
  return seedkit(name, { aws: overrideSession({}, options) });
}

/**
 * Overrides the session of a kit, a function or an options file with `--region` and `--profile`. A profile also
 * replaces the session's credentials and its role to assume.
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
