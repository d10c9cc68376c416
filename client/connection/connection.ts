import { CodeseederError } from '../../lib/contract/index.js';
import type { AwsOptions } from '../aws-options.js';
import { createAwsClients, type AwsClients } from './aws-clients.js';
import { findSeedkit, type DeployedSeedkit } from './deployed-seedkit.js';

/** A way to one seedkit of one account and region. */
export interface Connection {
  readonly seedkit: string;
  readonly clients: AwsClients;
  /** Looked up at the first call; a lookup that failed is made again at the next. */
  deployed(): Promise<DeployedSeedkit>;
}

/** @param deploysMissing whether a seedkit that is not deployed is deployed when it is looked up. @default false */
export function connect(seedkit: string, options?: AwsOptions, deploysMissing = false): Connection {
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
      if (!deploysMissing || !isMissing) throw error;
      const { ensureDeployed } = await import('../deploy/ensure-deployed.js');
      await ensureDeployed(seedkit, options);
      return findSeedkit(seedkit, clients);
    }
  }
}
