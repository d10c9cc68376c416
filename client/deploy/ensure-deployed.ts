import type { AwsOptions } from '../aws-options.js';
import { createAwsClients } from '../connection/aws-clients.js';
import { identityOf } from '../connection/identity.js';
import { parseSeedkitName, seedkitNames } from '../../lib/contract/index.js';
import { deploySeedkit, settledStack } from './deploy-seedkit.js';
import { deploymentOf } from './seedkit-deployed.js';
import { isUnderWay, refuseForeign } from './stack-state.js';

/** Deployments under way in this process. */
const underWay = new Map<string, Promise<void>>();

/**
 * Deploys a seedkit that is not deployed. Those of one process who ask at the same time share one deployment; where
 * another process is at it, its end is waited for.
 */
export function ensureDeployed(name: string, aws: AwsOptions = {}): Promise<void> {
  const key = JSON.stringify([name, identityOf(aws)]);
  const deploying = underWay.get(key) ?? deployMissing(name, aws).finally(() => underWay.delete(key));
  underWay.set(key, deploying);
  return deploying;
}

async function deployMissing(name: string, aws: AwsOptions): Promise<void> {
  const stackName = seedkitNames.stack(parseSeedkitName(name));
  const client = await createAwsClients(aws).cloudFormation();
  const settled = () => settledStack(client, stackName, () => undefined, undefined);
  const found = await settled();
  if (deploymentOf(stackName, found).deployed) return;
  if (found !== undefined) refuseForeign(found);
  try {
    await deploySeedkit(name, { aws });
  } catch (error) {
    // Another process may have been faster by a moment: what it makes is as good.
    const stack = await settled();
    if (stack !== undefined && !isUnderWay(stack.status) && deploymentOf(stackName, stack).deployed) return;
    throw error;
  }
}
