import type { SelectedConfig } from '../../config/load-config.js';
import { OF_OTHER_CREDENTIALS } from '../local/local-flags.js';
import { environmentOf } from '../local/print-environment.js';
import { seedkitNameOf } from '../open-seedkit.js';
import type { Terminal } from '../terminal.js';

/**
 * Makes this process use the local AWS of a config, as if the variables that `codeseeder local env` prints were set.
 *
 * @param seedkit name of the seedkit, if a flag or a variable names it
 * @throws UsageError if the local AWS is not up, or if no seedkit is named
 */
export async function useLocalAws(
  config: SelectedConfig,
  seedkit: string | undefined,
  terminal: Terminal,
): Promise<void> {
  const name = seedkitNameOf({ seedkit: seedkit ?? config.seedkit });
  const variables = await environmentOf(name, {}, terminal);
  for (const other of OF_OTHER_CREDENTIALS) delete process.env[other];
  Object.assign(process.env, variables);
}
