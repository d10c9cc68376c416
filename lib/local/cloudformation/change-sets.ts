import { randomUUID } from 'node:crypto';

import type { StackRecord } from '../template/stack-record.js';
import { hasResources, isUnderway } from '../template/stack-record.js';
import { AwsError } from '../wire/aws-error.js';
import type { QueryOperation } from '../wire/query-service.js';
import {
  changeSetNotFound,
  openChangeSetStore,
  type ChangeSetRecord,
  type ChangeSetStore,
} from './change-set-store.js';
import type { CloudFormationOptions } from './cloudformation-context.js';
import { describeChange, describeChangeSet, summarizeChangeSet } from './describe-change-set.js';
import { page } from './page.js';
import { refuseOtherMembers, refuseOtherValues, requiredText, validationError } from './query-input.js';
import { readStackRequest, REQUEST_MEMBERS } from './stack-request.js';
import { turns } from './turns.js';

/** What the service says of a change set that would change nothing; the CDK and others look for it. */
const NO_CHANGES =
  "The submitted information didn't contain changes. Submit different information to create a change set.";

const NAME = /^[A-Za-z][A-Za-z0-9-]{0,127}$/;

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-changesets.html */
export function changeSetOperations(options: CloudFormationOptions): Record<string, QueryOperation> {
  const changeSets = openChangeSetStore(options.context.store);
  const inTurn = turns();
  return {
    // Whoever comes second finds the stack that the first has made, and the change sets that it has ended.
    CreateChangeSet: (input) => inTurn(() => createChangeSet(options, changeSets, input)),
    async DescribeChangeSet(input) {
      const record = await findChangeSet(options, changeSets, input);
      const { entries, nextToken } = page(record.changes, input, 100);
      return {
        ...describeChangeSet(record),
        Changes: { member: entries.map(describeChange) },
        NextToken: nextToken,
      };
    },
    async ListChangeSets(input) {
      const { stackId } = await findStack(options, requiredText(input, 'StackName'));
      const { entries, nextToken } = page(await changeSets.list(stackId), input, 100);
      return { Summaries: { member: entries.map(summarizeChangeSet) }, NextToken: nextToken };
    },
    async ExecuteChangeSet(input) {
      refuseOtherMembers(input, [...SELECTED_BY, 'ClientRequestToken', 'DisableRollback']);
      refuseOtherValues(input, { DisableRollback: ['false'] });
      await inTurn(async () => execute(options, changeSets, await findChangeSet(options, changeSets, input)));
      return {};
    },
    async DeleteChangeSet(input) {
      try {
        await changeSets.delete(await findChangeSet(options, changeSets, input));
      } catch (error) {
        if (!(error instanceof AwsError) || error.code !== 'ChangeSetNotFound') throw error;
      }
      return {};
    },
  };
}

const SELECTED_BY = ['StackName', 'ChangeSetName'];

async function createChangeSet(
  options: CloudFormationOptions,
  changeSets: ChangeSetStore,
  input: URLSearchParams,
) {
  const { applier, context, objects } = options;
  refuseOtherMembers(input, [
    ...REQUEST_MEMBERS,
    'ChangeSetName',
    'ChangeSetType',
    // Providers take over what was retained under the same name, asked or not.
    'ImportExistingResources',
    // There are no nested stacks.
    'IncludeNestedStacks',
  ]);
  const name = requiredText(input, 'ChangeSetName');
  const type = changeSetType(input);
  if (!NAME.test(name)) throw validationError(`${name} is no name of a change set`);
  const stack = await stackToChange(options, input, type);
  const request = await readStackRequest(input, stack, objects, context.endpoint());
  const preview = await applier.preview(request);
  const { stackId, stackName } = stack ?? (await applier.review(request.stackName));
  if ((await changeSets.find(stackId, name)) !== undefined) {
    throw new AwsError('AlreadyExistsException', `ChangeSet ${name} already exists`);
  }
  const { partition, region, account, clock } = context;
  const description = input.get('Description');
  const record: ChangeSetRecord = {
    changeSetId: `arn:${partition}:cloudformation:${region}:${account}:changeSet/${name}/${randomUUID()}`,
    name,
    stackId,
    stackName,
    type,
    ...(description === null ? {} : { description }),
    createdAtMs: clock.now(),
    request,
    changes: preview.resources,
    ...(preview.isEmpty
      ? { status: 'FAILED', statusReason: NO_CHANGES, executionStatus: 'UNAVAILABLE' }
      : { status: 'CREATE_COMPLETE', executionStatus: 'AVAILABLE' }),
  };
  await changeSets.put(record);
  return { Id: record.changeSetId, StackId: stackId };
}

function changeSetType(input: URLSearchParams): ChangeSetRecord['type'] {
  const type = input.get('ChangeSetType') ?? 'UPDATE';
  if (type === 'CREATE' || type === 'UPDATE') return type;
  throw validationError(`The local place has no change sets of the type ${type}; it has CREATE and UPDATE.`);
}

/** The stack that a change set is for; undefined when it is to be made. */
async function stackToChange(
  { applier }: CloudFormationOptions,
  input: URLSearchParams,
  type: ChangeSetRecord['type'],
): Promise<StackRecord | undefined> {
  const name = requiredText(input, 'StackName');
  const stack = await applier.store.find(name);
  if (type === 'CREATE') {
    if (stack === undefined || stack.status === 'REVIEW_IN_PROGRESS') return stack;
    throw validationError(
      `Stack [${name}] already exists and cannot be created again with the changeSet [${input.get('ChangeSetName')}].`,
    );
  }
  if (stack === undefined) throw validationError(`Stack [${name}] does not exist`);
  refuseUnchangeable(stack);
  return stack;
}

/** @throws AwsError `ValidationError` for a stack whose state allows no change */
export function refuseUnchangeable(stack: StackRecord): void {
  if (hasResources(stack.status) && !isUnderway(stack.status)) return;
  throw validationError(`Stack:${stack.stackId} is in ${stack.status} state and can not be updated.`);
}

async function execute(
  { applier, reportProblem }: CloudFormationOptions,
  changeSets: ChangeSetStore,
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
      changeSets.put({
        ...record,
        executionStatus: /^(CREATE|UPDATE)_COMPLETE$/.test(status) ? 'EXECUTE_COMPLETE' : 'EXECUTE_FAILED',
      }),
    )
    .catch((error: unknown) => reportProblem(`The change set ${record.name} came to no end`, error));
}

/** @throws AwsError for a change set that was executed, or whose stack has gone on without it */
function refuseUnexecutable(record: ChangeSetRecord, stack: StackRecord | undefined): void {
  const isOvertaken = (stack?.updatedAtMs ?? 0) > record.createdAtMs;
  const status = record.executionStatus === 'AVAILABLE' && isOvertaken ? 'OBSOLETE' : record.executionStatus;
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

async function findChangeSet(
  options: CloudFormationOptions,
  changeSets: ChangeSetStore,
  input: URLSearchParams,
): Promise<ChangeSetRecord> {
  const nameOrId = requiredText(input, 'ChangeSetName');
  const stackName = input.get('StackName');
  const stacks =
    stackName === null ? await options.applier.store.list() : [await findStack(options, stackName)];
  for (const { stackId } of stacks) {
    const found = await changeSets.find(stackId, nameOrId);
    if (found !== undefined) return found;
  }
  throw changeSetNotFound(nameOrId);
}

async function findStack({ applier }: CloudFormationOptions, nameOrId: string): Promise<StackRecord> {
  const stack = await applier.store.find(nameOrId);
  if (stack !== undefined) return stack;
  throw validationError(`Stack [${nameOrId}] does not exist`);
}
