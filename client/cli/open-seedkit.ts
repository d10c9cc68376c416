import { definedOnly } from '../../lib/contract/defined-only.js';
import type { AwsSession } from '../aws-options.js';
import { namedConfig } from '../config/find-config.js';
import type { Connection } from '../connection/connection.js';
import { createKitAccess } from '../kit-access.js';
import type { Seedkit } from '../seedkit-types.js';
import { seedkit } from '../seedkit.js';
import { UsageError } from './exit-code.js';
import type { SeedkitOption } from './seedkit-option.js';

/** Returns the client of the seedkit, with the options of the config. @throws UsageError if no seedkit is named */
export function openSeedkit(options: SeedkitOption): Seedkit {
  return seedkit(seedkitNameOf(options), { ...options.config?.options, aws: sessionOf(options) });
}

/** Returns the connection to the seedkit. @throws UsageError if no seedkit is named */
export function connectionOf(options: SeedkitOption): Promise<Connection> {
  return createKitAccess(seedkitNameOf(options), { aws: sessionOf(options) }).connection();
}

/** Returns the name of the seedkit. @throws UsageError if no seedkit is named */
export function seedkitNameOf({ seedkit: name, config }: SeedkitOption): string {
  if (name !== undefined) return name;
  throw new UsageError(
    `No seedkit is named. Give --seedkit NAME, set CODESEEDER_SEEDKIT, or name it in ${namedConfig(config?.file)}.`,
  );
}

/** Returns region and profile of the flags, else of the config. */
export function sessionOf(options: SeedkitOption): AwsSession {
  return overrideSession(options.config?.aws ?? {}, options);
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
