import { randomUUID } from 'node:crypto';

import { z } from 'zod';

import type { KeyedLock } from '../durable/keyed-lock.js';
import { arnOf } from '../place-context.js';
import { hasResources, isUnderway, type StackHeader } from '../template/stack-record.js';
import { AwsError } from '../wire/aws-error.js';
import { harmless, operation, type InputOf } from '../wire/operation.js';
import {
  changeSetNotFound,
  openChangeSetStore,
  type ChangeSetRecord,
  type ChangeSetStore,
} from './change-set-store.js';
import type { CloudFormationOptions } from './cloudformation-context.js';
import { describeChange, describeChangeSet, summarizeChangeSet } from './describe-change-set.js';
import {
  changeSetName,
  nextToken,
  onlyFalse,
  pageOf,
  stackName,
  stackRequestMembers,
  validationError,
} from './request-members.js';
import { findStack, readStackRequest, stackNameOf } from './stack-request.js';

/**
 * StatusReason of a change set that contains no changes. The CDK and other tools depend on the exact message.
 */
const NO_CHANGES =
  "The submitted information didn't contain changes. Submit different information to create a change set.";

const selector = { StackName: stackName.optional(), ChangeSetName: changeSetName };
type Selector = InputOf<typeof selector>;

const createMembers = {
  ...stackRequestMembers,
  ChangeSetName: z.string().regex(/^[A-Za-z][A-Za-z0-9-]{0,127}$/),
  ChangeSetType: z
    .enum(['CREATE', 'UPDATE'], 'The local AWS has only change sets of the types CREATE and UPDATE.')
    .default('UPDATE'),
  Description: z.string().optional(),
  ClientToken: harmless(z.string(), 'a repeated request fails, because the change set exists'),
  ImportExistingResources: harmless(z.string(), 'providers reuse retained resources in any case'),
  IncludeNestedStacks: harmless(z.string(), 'there are no nested stacks'),
};
type CreateInput = InputOf<typeof createMembers>;

/**
 * Returns the operations on change sets.
 * @param stackChanges serializes the checks and starts of operations on a stack, by its name
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-changesets.html
 */
export function changeSetOperations(options: CloudFormationOptions, stackChanges: KeyedLock) {
  const changeSets = openChangeSetStore(options.context.store);
  /** Runs work on a change set after all earlier work on its stack. */
  const changeFound = async (input: Selector, change: (found: ChangeSetRecord) => Promise<void>) => {
    const { stackId, stackName: name, changeSetId } = await findChangeSet(options, changeSets, input);
    await stackChanges.run(name, async () => change(await existing(changeSets, stackId, changeSetId)));
  };
  return {
    CreateChangeSet: operation(createMembers, (input) =>
      stackChanges.run(stackNameOf(input.StackName), () => createChangeSet(options, changeSets, input)),
    ),
    DescribeChangeSet: operation(
      {
        ...selector,
        NextToken: nextToken,
        IncludePropertyValues: harmless(z.string(), 'changes have no property values'),
      },
      async ({ NextToken, ...input }) => {
        const record = await findChangeSet(options, changeSets, input);
        const { items, nextToken: next } = pageOf(record.changes, ({ logicalId }) => logicalId, NextToken);
        return {
          ...describeChangeSet(record),
          Changes: { member: items.map(describeChange) },
          NextToken: next,
        };
      },
    ),
    ListChangeSets: operation(
      { StackName: stackName, NextToken: nextToken },
      async ({ StackName, NextToken }) => {
        const { stackId } = await findStack(options.applier.store, StackName, `Stack [${StackName}]`);
        const list = await changeSets.list(stackId);
        const { items, nextToken: next } = pageOf(list, ({ changeSetId }) => changeSetId, NextToken);
        return { Summaries: { member: items.map(summarizeChangeSet) }, NextToken: next };
      },
    ),
    ExecuteChangeSet: operation(
      {
        ...selector,
        ClientRequestToken: stackRequestMembers.ClientRequestToken,
        DisableRollback: onlyFalse,
      },
      async (input) => {
        await changeFound(input, (found) => execute(options, changeSets, stackChanges, found));
        return {};
      },
    ),
    DeleteChangeSet: operation(selector, async (input) => {
      try {
        await changeFound(input, (found) => deleteChangeSet(options, changeSets, found));
      } catch (error) {
        if (!(error instanceof AwsError) || error.code !== 'ChangeSetNotFound') throw error;
      }
      return {};
    }),
  };
}

async function createChangeSet(
  options: CloudFormationOptions,
  changeSets: ChangeSetStore,
  input: CreateInput,
) {
  const { applier, context, objects } = options;
  const { ChangeSetName: name, ChangeSetType: type, Description: description } = input;
  const stack = await stackToChange(options, input);
  const request = await readStackRequest(input, stack, objects, context.endpoint());
  const preview = await applier.preview(request);
  const { stackId, stackName: changedStack } = stack ?? (await applier.review(request.stackName));
  if ((await changeSets.find(stackId, name)) !== undefined) {
    throw new AwsError('AlreadyExistsException', `ChangeSet ${name} already exists`);
  }
  const record: ChangeSetRecord = {
    changeSetId: arnOf(context, 'cloudformation', `changeSet/${name}/${randomUUID()}`),
    name,
    stackId,
    stackName: changedStack,
    type,
    description,
    createdAtMs: context.clock.now(),
    request,
    changes: preview.resources,
    status: preview.isEmpty ? 'FAILED' : 'CREATE_COMPLETE',
    statusReason: preview.isEmpty ? NO_CHANGES : undefined,
    executionStatus: preview.isEmpty ? 'UNAVAILABLE' : 'AVAILABLE',
  };
  await changeSets.put(record);
  return { Id: record.changeSetId, StackId: stackId };
}

/** Returns the stack that a new change set will change; undefined if the change set will create the stack. */
async function stackToChange(
  { applier }: CloudFormationOptions,
  { StackName: name, ChangeSetType: type, ChangeSetName }: CreateInput,
): Promise<StackHeader | undefined> {
  if (type === 'CREATE') {
    const stack = await applier.store.find(name);
    if (stack === undefined || stack.status === 'REVIEW_IN_PROGRESS') return stack;
    throw validationError(
      `Stack [${name}] already exists and cannot be created again with the changeSet [${ChangeSetName}].`,
    );
  }
  const stack = await findStack(applier.store, name, `Stack [${name}]`);
  refuseUnchangeable(stack);
  return stack;
}

/** Refuses to change a stack in its current status. @throws AwsError `ValidationError` */
export function refuseUnchangeable(stack: StackHeader): void {
  if (hasResources(stack.status) && !isUnderway(stack.status)) return;
  throw validationError(`Stack:${stack.stackId} is in ${stack.status} state and can not be updated.`);
}

async function execute(
  { applier, context }: CloudFormationOptions,
  changeSets: ChangeSetStore,
  stackChanges: KeyedLock,
  record: ChangeSetRecord,
): Promise<void> {
  refuseUnexecutable(record, await applier.store.find(record.stackId));
  const { ended } = await applier.begin(record.request);
  await changeSets.put({ ...record, executionStatus: 'EXECUTE_IN_PROGRESS' });
  for (const other of await changeSets.list(record.stackId)) {
    if (other.changeSetId !== record.changeSetId) await changeSets.delete(other);
  }
  ended
    .then(({ status }) =>
      stackChanges.run(record.stackName, async () => {
        // The change set may have been deleted since the operation ended.
        if ((await changeSets.find(record.stackId, record.changeSetId)) === undefined) return;
        const isComplete = /^(CREATE|UPDATE)_COMPLETE$/.test(status);
        await changeSets.put({
          ...record,
          executionStatus: isComplete ? 'EXECUTE_COMPLETE' : 'EXECUTE_FAILED',
        });
      }),
    )
    .catch((error: unknown) =>
      context.reportProblem(`The execution of the change set ${record.name} failed`, error),
    );
}

/**
 * Refuses to execute a change set that was executed before, or whose stack has changed since the change set was
 * created.
 * @throws AwsError `InvalidChangeSetStatus`, `ChangeSetNotFound`, `ValidationError`
 */
function refuseUnexecutable(record: ChangeSetRecord, stack: StackHeader | undefined): void {
  const isObsolete = (stack?.updatedAtMs ?? 0) > record.createdAtMs;
  const status = record.executionStatus === 'AVAILABLE' && isObsolete ? 'OBSOLETE' : record.executionStatus;
  if (status !== 'AVAILABLE') {
    throw new AwsError(
      'InvalidChangeSetStatus',
      `ChangeSet [${record.changeSetId}] cannot be executed in its current execution status of [${status}]`,
    );
  }
  if (record.type === 'CREATE' && stack?.status === 'REVIEW_IN_PROGRESS') return;
  if (record.type === 'CREATE' || stack === undefined) throw changeSetNotFound(record.changeSetId);
  refuseUnchangeable(stack);
}

/** Deletes a change set. @throws AwsError `InvalidChangeSetStatus` while it is being executed */
async function deleteChangeSet(
  { applier }: CloudFormationOptions,
  changeSets: ChangeSetStore,
  record: ChangeSetRecord,
): Promise<void> {
  const stack = await applier.store.find(record.stackId);
  // A local AWS that was killed during the execution left its status, but no operation is in progress then.
  const isExecuting = stack !== undefined && isUnderway(stack.status);
  if (isExecuting && record.executionStatus === 'EXECUTE_IN_PROGRESS') {
    throw new AwsError(
      'InvalidChangeSetStatus',
      `ChangeSet [${record.changeSetId}] cannot be deleted in its current execution status of [EXECUTE_IN_PROGRESS]`,
    );
  }
  await changeSets.delete(record);
}

async function existing(changeSets: ChangeSetStore, stackId: string, id: string): Promise<ChangeSetRecord> {
  const found = await changeSets.find(stackId, id);
  if (found === undefined) throw changeSetNotFound(id);
  return found;
}

async function findChangeSet(
  options: CloudFormationOptions,
  changeSets: ChangeSetStore,
  { StackName, ChangeSetName: nameOrId }: Selector,
): Promise<ChangeSetRecord> {
  const { store } = options.applier;
  const stacks =
    StackName === undefined
      ? await store.list()
      : [await findStack(store, StackName, `Stack [${StackName}]`)];
  for (const { stackId } of stacks) {
    const found = await changeSets.find(stackId, nameOrId);
    if (found !== undefined) return found;
  }
  throw changeSetNotFound(nameOrId);
}
