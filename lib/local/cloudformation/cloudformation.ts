import { z } from 'zod';

import { KeyedLock } from '../durable/keyed-lock.js';
import { LocalAwsError } from '../local-aws-error.js';
import type { StackRecord } from '../template/stack-record.js';
import type { StackStore } from '../template/stack-store.js';
import { type CheckedOperation, harmless, operation, serviceOperations } from '../wire/operation.js';
import { queryService } from '../wire/query-service.js';
import { listOf } from '../wire/text-members.js';
import type { WireService } from '../wire/wire-service.js';
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
import { nextToken, pageOf, stackName, validationError } from './request-members.js';
import { stackOperations } from './stack-operations.js';
import { findStack, readStack } from './stack-request.js';

/**
 * Creates CloudFormation, which deploys with the template applier.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_Operations.html
 */
export function createCloudFormation(options: CloudFormationOptions): WireService {
  const { store } = options.applier;
  const stackChanges = new KeyedLock();
  const operations = serviceOperations('ValidationError', {
    ...stackQueries(store),
    ...resourceQueries(store),
    ...exportQueries(store),
    ...changeSetOperations(options, stackChanges),
    ...stackOperations(options, stackChanges),
  });
  return queryService({
    signingName: 'cloudformation',
    version: '2010-05-15',
    xmlns: 'http://cloudformation.amazonaws.com/doc/2010-05-15/',
    operations: withServiceErrors(operations),
  });
}

/** Wraps operations, so that errors of the template applier get the service's error codes. */
function withServiceErrors<Operations extends Readonly<Record<string, CheckedOperation>>>(
  operations: Operations,
): Operations {
  const wrapped = Object.entries(operations).map(([name, run]) => {
    const call: CheckedOperation = async (...request) => {
      try {
        return await run(...request);
      } catch (error) {
        throw error instanceof LocalAwsError ? validationError(error.message) : error;
      }
    };
    return [name, call] as const;
  });
  return Object.fromEntries(wrapped) as Operations;
}

function stackQueries(store: StackStore) {
  return {
    DescribeStacks: operation(
      { StackName: stackName.optional(), NextToken: nextToken },
      async ({ StackName, NextToken }) => {
        if (StackName !== undefined) {
          return { Stacks: { member: [describeStack(await findStack(store, StackName))] } };
        }
        const live = (await store.list()).filter(({ status }) => status !== 'DELETE_COMPLETE');
        const { items, nextToken: next } = pageOf(live, ({ stackId }) => stackId, NextToken);
        return { Stacks: { member: items.map(describeStack) }, NextToken: next };
      },
    ),
    ListStacks: operation(
      { StackStatusFilter: listOf(z.string()).default([]), NextToken: nextToken },
      async ({ StackStatusFilter: statuses, NextToken }) => {
        const stacks = (await store.list()).filter(
          ({ status }) => statuses.length === 0 || statuses.includes(status),
        );
        const { items, nextToken: next } = pageOf(stacks, ({ stackId }) => stackId, NextToken);
        return { StackSummaries: { member: items.map(summarizeStack) }, NextToken: next };
      },
    ),
    DescribeStackEvents: operation(
      { StackName: stackName, NextToken: nextToken },
      async ({ StackName, NextToken }) => {
        const events = await store.events((await findStack(store, StackName)).stackId);
        const { items, nextToken: next } = pageOf(events, ({ eventId }) => eventId, NextToken);
        return { StackEvents: { member: items.map(describeEvent) }, NextToken: next };
      },
    ),
    GetTemplate: operation(
      {
        StackName: stackName,
        TemplateStage: harmless(z.string(), 'there are no transforms, so both stages are the same'),
      },
      async ({ StackName }) => ({
        TemplateBody: (await readStack(store, StackName)).templateText,
        StagesAvailable: { member: ['Original', 'Processed'] },
      }),
    ),
  };
}

function resourceQueries(store: StackStore) {
  return {
    DescribeStackResource: operation(
      { StackName: stackName, LogicalResourceId: z.string() },
      async ({ StackName, LogicalResourceId: logicalId }) => {
        const stack = await readStack(store, StackName);
        const resource = stack.resources.find((known) => known.logicalId === logicalId);
        if (resource === undefined) {
          throw validationError(`Resource ${logicalId} does not exist for stack ${stack.stackName}`);
        }
        const { Timestamp, ...described } = describeResource(stack, resource);
        return { StackResourceDetail: { ...described, LastUpdatedTimestamp: Timestamp } };
      },
    ),
    DescribeStackResources: operation(
      {
        StackName: stackName.optional(),
        LogicalResourceId: z.string().optional(),
        PhysicalResourceId: z.string().optional(),
      },
      async ({ StackName, LogicalResourceId: logicalId, PhysicalResourceId }) => {
        const stack = await stackOfResources(store, StackName, PhysicalResourceId);
        const resources = stack.resources.filter(
          (known) => logicalId === undefined || known.logicalId === logicalId,
        );
        return {
          StackResources: { member: resources.map((resource) => describeResource(stack, resource)) },
        };
      },
    ),
    ListStackResources: operation(
      { StackName: stackName, NextToken: nextToken },
      async ({ StackName, NextToken }) => {
        const { resources } = await readStack(store, StackName);
        const { items, nextToken: next } = pageOf(resources, ({ logicalId }) => logicalId, NextToken);
        return { StackResourceSummaries: { member: items.map(summarizeResource) }, NextToken: next };
      },
    ),
  };
}

function exportQueries(store: StackStore) {
  return {
    ListExports: operation({ NextToken: nextToken }, async ({ NextToken }) => {
      const { items, nextToken: next } = pageOf(
        await store.exports(),
        ({ exportName }) => exportName,
        NextToken,
      );
      return { Exports: { member: items.map(describeExport) }, NextToken: next };
    }),
    ListImports: operation(
      { ExportName: z.string(), NextToken: nextToken },
      async ({ ExportName, NextToken }) => {
        const importers = await store.importersOf(ExportName);
        if (importers.length === 0) {
          throw validationError(`Export '${ExportName}' is not imported by any stack.`);
        }
        const { items, nextToken: next } = pageOf(importers, (name) => name, NextToken);
        return { Imports: { member: items }, NextToken: next };
      },
    ),
  };
}

async function stackOfResources(
  store: StackStore,
  nameOrId: string | undefined,
  physicalId: string | undefined,
): Promise<StackRecord> {
  if (nameOrId !== undefined) return readStack(store, nameOrId);
  if (physicalId === undefined) throw validationError('StackName is required');
  for (const { status, stackId } of await store.list()) {
    if (status === 'DELETE_COMPLETE') continue;
    const stack = await readStack(store, stackId);
    if (stack.resources.some((resource) => resource.physicalId === physicalId)) return stack;
  }
  throw validationError(`Stack for ${physicalId} does not exist`);
}
