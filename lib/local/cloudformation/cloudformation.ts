import type { StackRecord } from '../template/stack-record.js';
import type { StackStore } from '../template/stack-store.js';
import { queryService, type QueryOperation } from '../wire/query-service.js';
import type { WireService } from '../wire/wire-service.js';
import { refusing } from './applier-refusal.js';
import { changeSetOperations } from './change-sets.js';
import type { CloudFormationOptions } from './cloudformation-context.js';
import {
  describeEvent,
  describeExport,
  describeResource,
  describeStack,
  summarizeResource,
  summarizeStack,
} from './describe.js';
import { page } from './page.js';
import { memberList, validationError } from './query-input.js';
import { stackOperations } from './stack-operations.js';

/** CloudFormation: it tells of stacks, and changes them. */
export interface CloudFormation {
  readonly service: WireService;
}

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_Operations.html */
export function createCloudFormation(options: CloudFormationOptions): CloudFormation {
  const { store } = options.applier;
  const changing = { ...changeSetOperations(options), ...stackOperations(options) };
  return {
    service: queryService({
      signingName: 'cloudformation',
      version: '2010-05-15',
      xmlns: 'http://cloudformation.amazonaws.com/doc/2010-05-15/',
      operations: {
        DescribeStacks: describeStacks(store),
        ListStacks: listStacks(store),
        DescribeStackResource: describeStackResource(store),
        DescribeStackResources: describeStackResources(store),
        ListStackResources: listStackResources(store),
        DescribeStackEvents: describeStackEvents(store),
        GetTemplate: getTemplate(store),
        ListExports: listExports(store),
        ListImports: listImports(store),
        ...Object.fromEntries(
          Object.entries(changing).map(([name, operation]) => [name, refusing(operation)]),
        ),
      },
    }),
  };
}

function describeStacks(store: StackStore): QueryOperation {
  return async (input) => {
    const name = input.get('StackName');
    if (name !== null) return { Stacks: { member: [describeStack(await findStack(store, name))] } };
    const live = (await store.list()).filter(({ status }) => status !== 'DELETE_COMPLETE');
    const { entries, nextToken } = page(live, input, 100);
    return { Stacks: { member: entries.map(describeStack) }, NextToken: nextToken };
  };
}

function listStacks(store: StackStore): QueryOperation {
  return async (input) => {
    const wanted = memberList(input, 'StackStatusFilter');
    const stacks = (await store.list()).filter(
      ({ status }) => wanted.length === 0 || wanted.includes(status),
    );
    const { entries, nextToken } = page(stacks, input, 100);
    return { StackSummaries: { member: entries.map(summarizeStack) }, NextToken: nextToken };
  };
}

function describeStackResource(store: StackStore): QueryOperation {
  return async (input) => {
    const stack = await namedStack(store, input);
    const logicalId = input.get('LogicalResourceId');
    const resource = stack.resources.find((known) => known.logicalId === logicalId);
    if (resource === undefined) {
      throw validationError(`Resource ${logicalId} does not exist for stack ${stack.stackName}`);
    }
    const { Timestamp, ...described } = describeResource(stack, resource);
    return { StackResourceDetail: { ...described, LastUpdatedTimestamp: Timestamp } };
  };
}

function describeStackResources(store: StackStore): QueryOperation {
  return async (input) => {
    const stack = await stackOfResources(store, input);
    const logicalId = input.get('LogicalResourceId');
    const resources = stack.resources.filter((known) => logicalId === null || known.logicalId === logicalId);
    return { StackResources: { member: resources.map((resource) => describeResource(stack, resource)) } };
  };
}

async function stackOfResources(store: StackStore, input: URLSearchParams): Promise<StackRecord> {
  const physicalId = input.get('PhysicalResourceId');
  if (physicalId === null || input.has('StackName')) return namedStack(store, input);
  const stack = (await store.list()).find(
    ({ status, resources }) =>
      status !== 'DELETE_COMPLETE' && resources.some((resource) => resource.physicalId === physicalId),
  );
  if (stack !== undefined) return stack;
  throw validationError(`Stack for ${physicalId} does not exist`);
}

function listStackResources(store: StackStore): QueryOperation {
  return async (input) => {
    const { entries, nextToken } = page((await namedStack(store, input)).resources, input, 100);
    return { StackResourceSummaries: { member: entries.map(summarizeResource) }, NextToken: nextToken };
  };
}

function describeStackEvents(store: StackStore): QueryOperation {
  return async (input) => {
    const { stackId } = await namedStack(store, input);
    const { entries, nextToken } = page(await store.events(stackId), input, 100);
    return { StackEvents: { member: entries.map(describeEvent) }, NextToken: nextToken };
  };
}

function getTemplate(store: StackStore): QueryOperation {
  return async (input) => ({
    TemplateBody: (await namedStack(store, input)).templateText,
    StagesAvailable: { member: ['Original', 'Processed'] },
  });
}

function listExports(store: StackStore): QueryOperation {
  return async (input) => {
    const { entries, nextToken } = page(await store.exports(), input, 100);
    return { Exports: { member: entries.map(describeExport) }, NextToken: nextToken };
  };
}

function listImports(store: StackStore): QueryOperation {
  return async (input) => {
    const exportName = input.get('ExportName') ?? '';
    const importers = await store.importersOf(exportName);
    if (importers.length === 0) throw validationError(`Export '${exportName}' is not imported by any stack.`);
    const { entries, nextToken } = page(importers, input, 100);
    return { Imports: { member: entries }, NextToken: nextToken };
  };
}

async function namedStack(store: StackStore, input: URLSearchParams): Promise<StackRecord> {
  const name = input.get('StackName');
  if (name === null || name === '') throw validationError('StackName is required');
  return findStack(store, name);
}

/** The CDK and others look for exactly this message. */
async function findStack(store: StackStore, nameOrId: string): Promise<StackRecord> {
  const stack = await store.find(nameOrId);
  if (stack !== undefined) return stack;
  throw validationError(`Stack with id ${nameOrId} does not exist`);
}
