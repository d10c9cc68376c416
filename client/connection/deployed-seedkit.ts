import { CodeseederError, parseSeedkitName, seedkitNames } from '../../lib/contract/index.js';
import type { AwsClients } from './aws-clients.js';
import { missingSeedkit } from './missing-seedkit.js';

/** The resources of a deployed seedkit that the client uses. */
export interface DeployedSeedkit {
  readonly bucket: string;
  readonly stateMachineArn: string;
  /** Undefined for a seedkit that an earlier version deployed. */
  readonly mapMachineArn: string | undefined;
  readonly runTable: string;
  /** Group and role of schedules; undefined for a seedkit that an earlier version deployed. */
  readonly schedules: { readonly group: string; readonly roleArn: string } | undefined;
  /** CodeArtifact repository of the seedkit; undefined if it has none. */
  readonly packages: { readonly domain: string; readonly repository: string } | undefined;
}

/** States in which a stack has all of its resources and outputs. */
const READY = new Set([
  'CREATE_COMPLETE',
  'UPDATE_COMPLETE',
  'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS',
  'UPDATE_IN_PROGRESS',
  'UPDATE_ROLLBACK_COMPLETE',
  'UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS',
  'IMPORT_COMPLETE',
]);

/**
 * Finds a seedkit by its stack's outputs.
 * @throws CodeseederError `SeedkitNotFound`, `SeedkitNotReady`, `InvalidRequest` for a name that no seedkit can have
 */
export async function findSeedkit(name: string, clients: AwsClients): Promise<DeployedSeedkit> {
  const stackName = seedkitNames.stack(parseSeedkitName(name));
  const stack = await describeStack(stackName, name, clients);
  if (!READY.has(stack.status)) {
    throw new CodeseederError(
      'SeedkitNotReady',
      `The stack ${stackName} is in state ${stack.status}${stack.reason ? ` (${stack.reason})` : ''}; look at it in CloudFormation and deploy it again.`,
    );
  }
  const { Bucket: bucket, StateMachineArn: stateMachineArn, RunTable: runTable } = stack.outputs;
  if (bucket === undefined || stateMachineArn === undefined || runTable === undefined) {
    throw new CodeseederError(
      'SeedkitNotReady',
      `The stack ${stackName} has no control plane: it was deployed by aws-codeseeder, or by another version. Deploy the seedkit ${name} with codeseeder under a name of its own.`,
    );
  }
  const {
    MapMachineArn: mapMachineArn,
    CodeArtifactDomain: domain,
    CodeArtifactRepository: repository,
    ScheduleGroup: group,
    SchedulerRoleArn: roleArn,
  } = stack.outputs;
  const packages = domain === undefined || repository === undefined ? undefined : { domain, repository };
  const schedules = group === undefined || roleArn === undefined ? undefined : { group, roleArn };
  return { bucket, stateMachineArn, mapMachineArn, runTable, packages, schedules };
}

async function describeStack(stackName: string, name: string, clients: AwsClients) {
  const { DescribeStacksCommand } = await import('@aws-sdk/client-cloudformation');
  const client = await clients.cloudFormation();
  try {
    const { Stacks: [stack] = [] } = await client.send(new DescribeStacksCommand({ StackName: stackName }));
    const outputs = Object.fromEntries(
      (stack?.Outputs ?? []).map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue]),
    ) as Record<string, string | undefined>;
    return { status: stack?.StackStatus ?? 'UNKNOWN', reason: stack?.StackStatusReason, outputs };
  } catch (cause) {
    if (cause instanceof Error && cause.message.includes('does not exist')) {
      throw missingSeedkit(name, await client.config.region(), { cause });
    }
    throw cause;
  }
}
