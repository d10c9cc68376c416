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

export function connect(seedkit: string, options?: AwsOptions): Connection {
  const clients = createAwsClients(options);
  let found: Promise<DeployedSeedkit> | undefined;
  return {
    seedkit,
    clients,
    deployed() {
      found ??= findSeedkit(seedkit, clients).catch((error: unknown) => {
        found = undefined;
        throw error;
      });
      return found;
    },
  };
}
