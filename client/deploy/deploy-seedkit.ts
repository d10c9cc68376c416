import {
  CodeseederError,
  parseSeedkitContext,
  parseSeedkitName,
  seedkitNames,
} from '../../lib/contract/index.js';
import { createAwsClients } from '../connection/aws-clients.js';
import { parseAwsOptions } from '../connection/parse-aws-options.js';
import type { DeployOptions, DeployResult } from '../deploy-types.js';
import { CDK, deployOver, type DeployMeans } from './deploy-over.js';
import { settledStack } from './follow-stack.js';
import { requireToolkit } from './run-toolkit.js';
import { deploymentOf } from './seedkit-deployed.js';
import { contextToDeploy } from './settings-context.js';
import { refuseForeign } from './stack-state.js';

/** How often a deployment begins anew after others that came in between. */
const ATTEMPTS = 5;

/** How deploying goes about it. */
export interface DeployManner {
  /** Whether a seedkit that is deployed is left as it is. @default false */
  readonly onlyMissing?: boolean;
  /** @default the CDK, in processes of its own */
  readonly means?: DeployMeans;
}

/** Deploys a seedkit, after whatever deployment of it is under way. */
export async function deploySeedkit(
  name: string,
  options: DeployOptions = {},
  { onlyMissing = false, means = CDK }: DeployManner = {},
): Promise<DeployResult> {
  const stackName = seedkitNames.stack(parseSeedkitName(name));
  const clients = createAwsClients(parseAwsOptions(options.aws ?? {}));
  // What is wrong with the options themselves is told before AWS is asked.
  parseSeedkitContext(contextToDeploy(name, undefined, options));
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const client = await clients.cloudFormation();
    const found = await settledStack(client, stackName, options.onProgress, options.signal);
    const deployment = deploymentOf(stackName, found);
    if (onlyMissing && deployment.deployed) return { ...deployment, changed: false };
    if (found !== undefined) refuseForeign(found);
    requireToolkit();
    const result = await deployOver(found, { name, stackName, clients, options, means });
    if (result !== undefined) return result;
  }
  throw new CodeseederError(
    'StackBusy',
    `The stack ${stackName} was changed by others in each of ${ATTEMPTS} attempts to deploy it. Nothing was deployed; try again once they have ended.`,
  );
}
