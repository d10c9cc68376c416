import type { AwsOptions } from '../aws-options.js';
import { createAwsClients } from '../connection/aws-clients.js';
import { identityOf } from '../connection/identity.js';
import { parseSeedkitName, seedkitNames } from '../../lib/contract/index.js';
import { deploySeedkit, type DeployManner } from './deploy-seedkit.js';
import { settledStack } from './follow-stack.js';
import { deploymentOf } from './seedkit-deployed.js';

/** Deployments under way in this process. */
const underWay = new Map<string, Promise<void>>();

/**
 * Deploys a seedkit that is not deployed. Those of one process who ask at the same time share one deployment; where
 * another process is at it, its end is waited for, and what it fails at or leaves is done here.
 */
export function ensureDeployed(
  name: string,
  aws: AwsOptions = {},
  manner: Pick<DeployManner, 'means'> = {},
): Promise<void> {
  const key = JSON.stringify([name, identityOf(aws)]);
  const deploying = underWay.get(key) ?? deployMissing(name, aws, manner).finally(() => underWay.delete(key));
  underWay.set(key, deploying);
  return deploying;
}

async function deployMissing(name: string, aws: AwsOptions, manner: DeployManner): Promise<void> {
  try {
    await deploySeedkit(name, { aws }, { ...manner, onlyMissing: true });
  } catch (error) {
    // What another process makes meanwhile is as good.
    const stackName = seedkitNames.stack(parseSeedkitName(name));
    const client = await createAwsClients(aws).cloudFormation();
    const stack = await settledStack(client, stackName).catch(() => undefined);
    if (!deploymentOf(stackName, stack).deployed) throw error;
  }
}
