import { CodeseederError } from '../../lib/contract/index.js';
import type { AwsOptions } from '../aws-options.js';
import { createAwsClients, type AwsClients } from './aws-clients.js';
import { findSeedkit, type DeployedSeedkit } from './deployed-seedkit.js';

/** A connection to one seedkit in one account and region. */
export interface Connection {
  readonly seedkit: string;
  readonly clients: AwsClients;
  /** Finds the deployed seedkit at the first call. A failed lookup is repeated at the next call. */
  deployed(): Promise<DeployedSeedkit>;
}

/**
 * Opens a connection. Calls AWS only when a method is called.
 * @param deployMissing deploys the seedkit if it is looked up and not deployed. @default the lookup fails
 */
export function connect(
  seedkit: string,
  options?: AwsOptions,
  deployMissing?: () => Promise<void>,
): Connection {
  const clients = createAwsClients(options);
  let found: Promise<DeployedSeedkit> | undefined;
  return {
    seedkit,
    clients,
    deployed() {
      found ??= find().catch((error: unknown) => {
        found = undefined;
        throw error;
      });
      return found;
    },
  };

  async function find(): Promise<DeployedSeedkit> {
    try {
      return await findSeedkit(seedkit, clients);
    } catch (error) {
      const isMissing =
        error instanceof CodeseederError && ['SeedkitNotFound', 'SeedkitNotReady'].includes(error.code);
      if (deployMissing === undefined || !isMissing) throw error;
      await deployMissing();
      return findSeedkit(seedkit, clients);
    }
  }
}
