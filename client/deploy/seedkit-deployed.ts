import { parseSeedkitName, seedkitNames } from '../../lib/contract/index.js';
import { createAwsClients } from '../connection/aws-clients.js';
import { parseAwsOptions } from '../connection/parse-aws-options.js';
import type { SeedkitDeployment, SeedkitDeploymentOptions } from '../deploy-types.js';
import { findStack, wasCreated, type StackState } from './stack-state.js';

/** Returns the current state of a seedkit's stack. */
export async function seedkitDeployed(
  name: string,
  { aws = {} }: Pick<SeedkitDeploymentOptions, 'aws'> = {},
): Promise<SeedkitDeployment> {
  const stackName = seedkitNames.stack(parseSeedkitName(name));
  const client = await createAwsClients(parseAwsOptions(aws)).cloudFormation();
  return deploymentOf(stackName, await findStack(client, stackName));
}

/** Returns the state of a seedkit from its stack. */
export function deploymentOf(stackName: string, stack: StackState | undefined): SeedkitDeployment {
  const { status, outputs = {} } = stack ?? {};
  const deployed =
    status !== undefined &&
    wasCreated(status) &&
    !/_FAILED$/.test(status) &&
    outputs['StateMachineArn'] !== undefined;
  return { deployed, stackName, outputs, status };
}
