import {
  CodeseederError,
  parseSeedkitContext,
  parseSeedkitName,
  seedkitNames,
} from '../../lib/contract/index.js';
import { createAwsClients } from '../connection/aws-clients.js';
import { parseAwsOptions } from '../connection/parse-aws-options.js';
import type { DeployOptions, DeployResult } from '../deploy-types.js';
import { CDK, deployOver, type DeployTools } from './deploy-over.js';
import { settledStack } from './follow-stack.js';
import { requireToolkit } from './run-toolkit.js';
import { deploymentOf } from './seedkit-deployed.js';
import { contextToDeploy } from './settings-context.js';
import { refuseForeign } from './stack-state.js';

/** Maximum number of attempts of a deployment, if others change the stack in the meantime. */
const ATTEMPTS = 5;

/** Internal options of a deployment. */
export interface DeployBehaviour {
  /** Whether to leave a deployed seedkit unchanged. @default false */
  readonly onlyMissing?: boolean | undefined;
  /** @default the CDK, in processes of its own */
  readonly tools?: DeployTools | undefined;
}

/** Deploys a seedkit. It first waits for the end of another deployment that is in progress. */
export async function deploySeedkit(
  name: string,
  options: DeployOptions = {},
  { onlyMissing = false, tools = CDK }: DeployBehaviour = {},
): Promise<DeployResult> {
  const stackName = seedkitNames.stack(parseSeedkitName(name));
  const clients = createAwsClients(parseAwsOptions(options.aws ?? {}));
  // Fails fast: checks the options before calling AWS.
  parseSeedkitContext(contextToDeploy(name, undefined, options));
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const client = await clients.cloudFormation();
    const found = await settledStack(client, stackName, options.onProgress, options.signal);
    const deployment = deploymentOf(stackName, found);
    if (onlyMissing && deployment.deployed) return { ...deployment, changed: false };
    if (found !== undefined) refuseForeign(found);
    requireToolkit();
    const result = await deployOver(found, { name, stackName, clients, options, tools });
    if (result !== undefined) return result;
  }
  throw new CodeseederError(
    'StackBusy',
    `The stack ${stackName} was changed by other deployments in each of ${ATTEMPTS} attempts to deploy it. Nothing was deployed. Try again when they have ended.`,
  );
}
