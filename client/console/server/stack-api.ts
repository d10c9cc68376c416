import type { Stack } from '@aws-sdk/client-cloudformation';

import {
  CodeseederError,
  parseDeployedContext,
  SEEDKIT_CONTEXT_OUTPUT,
  seedkitNames,
} from '../../../lib/contract/index.js';
import type { Connection } from '../../connection/connection.js';
import type { ResourcesView, StackResource, StackView } from '../api.js';

/** Reads the seedkit's stack. */
export async function stackView({ seedkit, clients }: Connection): Promise<StackView> {
  const { DescribeStacksCommand } = await import('@aws-sdk/client-cloudformation');
  const StackName = seedkitNames.stack(seedkit);
  const client = await clients.cloudFormation();
  const { Stacks: [stack] = [] } = await client.send(new DescribeStacksCommand({ StackName }));
  if (stack === undefined)
    throw new CodeseederError('SeedkitNotFound', `There is no stack ${StackName}. Deploy the seedkit.`);
  return describeStack(stack);
}

function describeStack(stack: Stack): StackView {
  const { StackName: stackName = '', StackId: stackId = '', StackStatus: status = '', Outputs = [] } = stack;
  const outputs = Outputs.map(({ OutputKey = '', OutputValue = '' }) => ({
    name: OutputKey,
    value: OutputValue,
  }));
  const context = outputs.find(({ name }) => name === SEEDKIT_CONTEXT_OUTPUT)?.value;
  return {
    stackName,
    stackId,
    status,
    reason: stack.StackStatusReason,
    createdAt: stack.CreationTime?.toISOString(),
    updatedAt: stack.LastUpdatedTime?.toISOString(),
    isProtected: stack.EnableTerminationProtection === true,
    // The settings are shown on their own.
    outputs: outputs.filter(({ name }) => name !== SEEDKIT_CONTEXT_OUTPUT).sort(byName),
    settings: context === undefined ? {} : parseDeployedContext(context),
  };
}

function byName(left: { readonly name: string }, right: { readonly name: string }): number {
  return left.name < right.name ? -1 : 1;
}

/** Reads the resources of the seedkit's stack. Policies of seedkits do not give the right to do so. */
export async function resourcesView({ seedkit, clients }: Connection): Promise<ResourcesView> {
  const { paginateListStackResources } = await import('@aws-sdk/client-cloudformation');
  const client = await clients.cloudFormation();
  const resources: StackResource[] = [];
  const pages = paginateListStackResources({ client }, { StackName: seedkitNames.stack(seedkit) });
  for await (const { StackResourceSummaries: found = [] } of pages) {
    resources.push(
      ...found.map((resource) => ({
        name: resource.LogicalResourceId ?? '',
        type: resource.ResourceType ?? '',
        id: resource.PhysicalResourceId ?? '',
        status: resource.ResourceStatus ?? '',
      })),
    );
  }
  const keyOf = ({ type, name }: StackResource) => `${type} ${name}`;
  return { resources: resources.sort((left, right) => (keyOf(left) < keyOf(right) ? -1 : 1)) };
}
