import { readdir } from 'node:fs/promises';
import path from 'node:path';

import { parseSeedkitName, seedkitNameSchema } from '../../../lib/contract/index.js';
import { namedConfig } from '../../config/find-config.js';
import { UsageError } from '../exit-code.js';
import type { Terminal } from '../terminal.js';
import { defaultDataFolder } from './state-folder.js';

type Variables = Readonly<Record<string, string | undefined>>;

/** A local AWS of this machine that has its data in the default folder. */
export interface FoundLocalAws {
  readonly seedkit: string;
  /** URL of the local AWS; undefined if it is not up. */
  readonly endpoint: string | undefined;
}

/** Returns the local AWSs that have their data in the default folder. */
export async function localPlaces(variables: Variables): Promise<FoundLocalAws[]> {
  const folder = path.dirname(defaultDataFolder('any', variables));
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const { findRunningPlace } = await import('../../../lib/local/running-place.js');
  const found = await Promise.all(
    entries.map(async (entry): Promise<FoundLocalAws[]> => {
      const { name: seedkit } = entry;
      const isData = entry.isDirectory() && seedkitNameSchema.safeParse(seedkit).success;
      if (!isData || !(await hasLocalAws(path.join(folder, seedkit)))) return [];
      const place = await findRunningPlace(path.join(folder, seedkit));
      return [{ seedkit, endpoint: place?.endpoint }];
    }),
  );
  return found.flat();
}

/** Returns whether a folder has the data of a local AWS. */
export async function hasLocalAws(dataFolder: string): Promise<boolean> {
  const { IDENTITY_FILE } = await import('../../../lib/local/place-identity.js');
  const names: readonly string[] = await readdir(dataFolder).catch(() => []);
  return names.includes(IDENTITY_FILE);
}

/** Lists local AWSs in a sentence. */
export function describePlaces(places: readonly FoundLocalAws[]): string {
  if (places.length === 0) return 'This machine has no local AWS. To start one: codeseeder local up NAME';
  const names = places.map(({ seedkit, endpoint }) => (endpoint === undefined ? seedkit : `${seedkit} (up)`));
  return `This machine has the local AWS${names.length === 1 ? '' : 's'} of ${names.join(', ')}.`;
}

/**
 * Returns the seedkit of a local AWS: the given name, else `CODESEEDER_SEEDKIT`, else that of the config.
 * @throws UsageError if none of them names it
 */
export async function localSeedkit(
  given: string | undefined,
  { environment, workingFolder }: Terminal,
): Promise<string> {
  const named = given ?? (environment['CODESEEDER_SEEDKIT'] || undefined);
  if (named !== undefined) return parseSeedkitName(named);
  const { loadConfig } = await import('../../config/load-config.js');
  const config = await loadConfig(workingFolder, environment['CODESEEDER_ENVIRONMENT'] || undefined);
  if (config?.seedkit !== undefined) return parseSeedkitName(config.seedkit);
  throw new UsageError(
    `No seedkit is named. Give its name, set CODESEEDER_SEEDKIT, or name it in ${namedConfig(config?.file)}. ${describePlaces(await localPlaces(environment))}`,
  );
}
