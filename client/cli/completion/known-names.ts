/** Reads the names that a shell completes, without running code of a config. */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

import { seedkitNameSchema } from '../../../lib/contract/index.js';
import { findConfig } from '../../config/find-config.js';
import { membersIn, unquoted } from '../config/members-in.js';
import { defaultDataFolder } from '../local/state-folder.js';
import type { Terminal } from '../terminal.js';
import type { KnownNames } from './complete.js';

/**
 * Returns the seedkits and environments of the config of the working folder, and the seedkits of local AWSs. Nothing
 * is imported, because pressing Tab in a folder must not run its code.
 */
export async function knownNames({ workingFolder, environment }: Terminal): Promise<KnownNames> {
  const [config, local] = await Promise.all([namesOfConfig(workingFolder), localSeedkits(environment)]);
  const seedkits = [...config.seedkits, ...local].filter((name) => seedkitNameSchema.safeParse(name).success);
  return { seedkits: [...new Set(seedkits)], environments: config.environments.filter(isPrintable) };
}

async function namesOfConfig(folder: string): Promise<KnownNames> {
  try {
    const { file } = await findConfig(folder);
    return file === undefined ? { seedkits: [], environments: [] } : namesIn(await readFile(file, 'utf8'));
  } catch {
    // A mistake in the config is reported by the command itself.
    return { seedkits: [], environments: [] };
  }
}

async function localSeedkits(environment: Terminal['environment']): Promise<string[]> {
  const folder = path.dirname(defaultDataFolder('any', environment));
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  return entries.flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));
}

/** Finds the names in the source of a config, in JSON, JavaScript or TypeScript. */
export function namesIn(source: string): KnownNames {
  const seedkits: string[] = [];
  const environments: string[] = [];
  /** Depth of the members of `environments`, while its object is open. */
  let depthOfNames = Infinity;
  for (const { name, value, depth } of membersIn(source)) {
    if (depth < depthOfNames) depthOfNames = Infinity;
    if (depth === depthOfNames) environments.push(name);
    else if (name === 'environments' && value === '{' && depthOfNames === Infinity) depthOfNames = depth + 1;
    else if (name === 'seedkit' && /^['"`]/.test(value)) seedkits.push(unquoted(value));
  }
  return { seedkits, environments };
}

/** Returns whether a name can be a line for the shell. */
function isPrintable(name: string): boolean {
  return name !== '' && !/\p{Cc}/u.test(name);
}
