import type { AwsOptions } from '../aws-options.js';
import { createAwsClients } from '../connection/aws-clients.js';
import { identityOf } from '../connection/identity.js';
import { parseSeedkitName, seedkitNames } from '../../lib/contract/index.js';
import { deploySeedkit, type DeployBehaviour } from './deploy-seedkit.js';
import { settledStack } from './follow-stack.js';
import { deploymentOf } from './seedkit-deployed.js';

/** Deployments in progress in this process. */
const inProgress = new Map<string, Promise<void>>();

/**
 * Deploys a seedkit unless it is deployed. Concurrent calls in one process share one deployment. If another process is
 * deploying the seedkit, this one waits, and deploys only if the other one has failed.
 */
export function ensureDeployed(
  name: string,
  aws: AwsOptions = {},
  behaviour: Pick<DeployBehaviour, 'tools'> = {},
): Promise<void> {
  const key = JSON.stringify([name, identityOf(aws)]);
  const deploying =
    inProgress.get(key) ?? deployMissing(name, aws, behaviour).finally(() => inProgress.delete(key));
  inProgress.set(key, deploying);
  return deploying;
}

async function deployMissing(name: string, aws: AwsOptions, behaviour: DeployBehaviour): Promise<void> {
  try {
    await deploySeedkit(name, { aws }, { ...behaviour, onlyMissing: true });
  } catch (error) {
    // Another process may have deployed the seedkit in the meantime.
    const stackName = seedkitNames.stack(parseSeedkitName(name));
    const client = await createAwsClients(aws).cloudFormation();
    const stack = await settledStack(client, stackName).catch(() => undefined);
    if (!deploymentOf(stackName, stack).deployed) throw error;
  }
}
