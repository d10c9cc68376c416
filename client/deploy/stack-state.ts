import type { CloudFormationClient, Stack } from '@aws-sdk/client-cloudformation';

import { definedOnly } from '../../lib/contract/defined-only.js';
import {
  CodeseederError,
  parseDeployedContext,
  SEEDKIT_CONTEXT_OUTPUT,
  seedkitNames,
} from '../../lib/contract/index.js';
import type { AwsClients } from '../connection/aws-clients.js';
import type { SeedkitContextText } from './assembly.js';

/** A stack as CloudFormation describes it. */
export interface StackState {
  readonly stackId: string;
  readonly stackName: string;
  readonly status: string;
  /** CloudFormation's reason of the status, if it gives one. */
  readonly reason?: string | undefined;
  /** When the last update started, in milliseconds since the epoch; undefined before the first update. */
  readonly updatedAtMs?: number | undefined;
  /** Role with which CloudFormation changes the stack; undefined if it uses the caller's rights. */
  readonly roleArn?: string | undefined;
  readonly outputs: Readonly<Record<string, string>>;
  /** Names under which other stacks of the account and region can import outputs. */
  readonly exportNames: readonly string[];
}

/** Finds a stack. @returns undefined if it does not exist */
export async function findStack(
  client: CloudFormationClient,
  nameOrId: string,
  signal?: AbortSignal,
): Promise<StackState | undefined> {
  const { DescribeStacksCommand } = await import('@aws-sdk/client-cloudformation');
  try {
    const command = new DescribeStacksCommand({ StackName: nameOrId });
    const { Stacks: [stack] = [] } = await client.send(command, definedOnly({ abortSignal: signal }));
    if (stack === undefined || stack.StackStatus === 'DELETE_COMPLETE') return undefined;
    return stateOf(stack, nameOrId);
  } catch (error) {
    if (error instanceof Error && error.message.includes('does not exist')) return undefined;
    throw error;
  }
}

function stateOf(stack: Stack, nameOrId: string): StackState {
  const { StackId = nameOrId, StackName = nameOrId, StackStatus = 'UNKNOWN', Outputs = [] } = stack;
  return {
    stackId: StackId,
    stackName: StackName,
    status: StackStatus,
    reason: stack.StackStatusReason,
    updatedAtMs: stack.LastUpdatedTime?.getTime(),
    roleArn: stack.RoleARN,
    outputs: Object.fromEntries(
      Outputs.map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]),
    ),
    exportNames: Outputs.flatMap(({ ExportName }) => ExportName ?? []),
  };
}

/** Returns whether CloudFormation is carrying out an operation on the stack. */
export function isInProgress(status: string): boolean {
  return status.endsWith('_IN_PROGRESS') && !isAnnounced(status);
}

/** Returns whether the stack has change sets but was never created. */
export function isAnnounced(status: string): boolean {
  return status === 'REVIEW_IN_PROGRESS';
}

/** Returns whether the stack was created, and so has its outputs. Its last update may have failed. */
export function wasCreated(status: string): boolean {
  return /^(CREATE|IMPORT)_COMPLETE$|^UPDATE_|^IMPORT_ROLLBACK_COMPLETE$/.test(status);
}

/** Returns whether another deployment of a seedkit started after this one found no stack of it. */
export async function isBeingDeployed(
  clients: AwsClients,
  seedkit: string,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const stack = await findStack(await clients.cloudFormation(), seedkitNames.stack(seedkit), signal);
  return stack !== undefined && (isInProgress(stack.status) || wasCreated(stack.status));
}

/** Returns the context of the last deployment, with its deploy id. */
export function deployedContext({ outputs }: StackState): SeedkitContextText {
  const { [SEEDKIT_CONTEXT_OUTPUT]: context, DeployId: deployId } = outputs;
  const deployed = context === undefined ? {} : parseDeployedContext(context);
  return { ...deployed, ...definedOnly({ deployId }) };
}

/** Refuses a stack of the same name from another tool. @throws CodeseederError `StackNotOurs` */
export function refuseForeign({ stackName, status, outputs }: StackState): void {
  // A stack that was never created is empty. A stack whose deletion failed still has its outputs.
  const hasContent = wasCreated(status) || Object.keys(outputs).length > 0;
  if (!hasContent || outputs['StateMachineArn'] !== undefined) return;
  throw new CodeseederError(
    'StackNotOurs',
    `The stack ${stackName} was not deployed by this codeseeder: it has no control plane, like the stacks of the Python aws-codeseeder. It was not changed. Deploy under another name, or destroy it with the tool that made it, such as aws-codeseeder, and deploy again.`,
  );
}
