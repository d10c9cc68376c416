import type { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { DescribeStacksCommand } from '@aws-sdk/client-cloudformation';

import { CodeseederError, parseDeployedContext, SEEDKIT_CONTEXT_OUTPUT } from '../../lib/contract/index.js';
import type { SeedkitContextText } from './assembly.js';

/** A stack as CloudFormation describes it. */
export interface StackState {
  readonly stackId: string;
  readonly stackName: string;
  readonly status: string;
  readonly reason?: string;
  /** When an operation on it last began; undefined before its first change. */
  readonly updatedAtMs?: number;
  readonly outputs: Readonly<Record<string, string>>;
}

/** @returns undefined when there is no such stack */
export async function findStack(
  client: CloudFormationClient,
  nameOrId: string,
  signal?: AbortSignal,
): Promise<StackState | undefined> {
  try {
    const { Stacks: [stack] = [] } = await client.send(new DescribeStacksCommand({ StackName: nameOrId }), {
      ...(signal && { abortSignal: signal }),
    });
    if (stack === undefined || stack.StackStatus === 'DELETE_COMPLETE') return undefined;
    const {
      StackId = nameOrId,
      StackName = nameOrId,
      StackStatus = 'UNKNOWN',
      StackStatusReason,
      LastUpdatedTime,
      Outputs = [],
    } = stack;
    return {
      stackId: StackId,
      stackName: StackName,
      status: StackStatus,
      ...(StackStatusReason === undefined ? {} : { reason: StackStatusReason }),
      ...(LastUpdatedTime === undefined ? {} : { updatedAtMs: LastUpdatedTime.getTime() }),
      outputs: Object.fromEntries(
        Outputs.map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]),
      ),
    };
  } catch (error) {
    if (error instanceof Error && error.message.includes('does not exist')) return undefined;
    throw error;
  }
}

/** Whether CloudFormation is at work on it. */
export function isUnderWay(status: string): boolean {
  return status.endsWith('_IN_PROGRESS') && !isAnnounced(status);
}

/** A stack that has change sets to be made by, and nothing else. */
export function isAnnounced(status: string): boolean {
  return status === 'REVIEW_IN_PROGRESS';
}

/** A stack that was created, whatever its last change came to: it has its outputs. */
export function wasCreated(status: string): boolean {
  return /^(CREATE|IMPORT)_COMPLETE$|^UPDATE_|^IMPORT_ROLLBACK_COMPLETE$/.test(status);
}

/** What the last deployment was made with, its deploy id included. */
export function deployedContext({ outputs }: StackState): SeedkitContextText {
  const { [SEEDKIT_CONTEXT_OUTPUT]: context, DeployId: deployId } = outputs;
  return {
    ...(context === undefined ? {} : parseDeployedContext(context)),
    ...(deployId === undefined ? {} : { deployId }),
  };
}

/** @throws CodeseederError `StackNotOurs` for a stack that another tool made under the same name */
export function refuseForeign({ stackName, status, outputs }: StackState): void {
  // One that was never created has nothing to lose, and no outputs; one that could not be deleted still has.
  const hasContent = wasCreated(status) || Object.keys(outputs).length > 0;
  if (!hasContent || outputs['StateMachineArn'] !== undefined) return;
  throw new CodeseederError(
    'StackNotOurs',
    `The stack ${stackName} was not deployed by this codeseeder: it has no control plane, as the stacks of the Python aws-codeseeder. It was left as it is. Deploy under another name, or destroy it with the tool that made it (\`codeseeder destroy seedkit\` of aws-codeseeder) and deploy again.`,
  );
}
