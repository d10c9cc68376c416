import { BatchGetBuildsCommand, CodeBuildClient, StopBuildCommand } from '@aws-sdk/client-codebuild';
import {
  BatchWriteItemCommand,
  BatchGetItemCommand,
  type BatchGetItemCommandInput,
  ConditionalCheckFailedException,
  DynamoDBClient,
  GetItemCommand,
  QueryCommand,
  ScanCommand,
  type QueryCommandInput,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { S3Client } from '@aws-sdk/client-s3';
import {
  DescribeExecutionCommand,
  type DescribeExecutionCommandOutput,
  type ExecutionListItem,
  ListExecutionsCommand,
  type ListExecutionsCommandInput,
  SFNClient,
} from '@aws-sdk/client-sfn';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';

import { reconcileRun } from '../../../lambdas/reconcile-run/reconcile-run.js';
import {
  executionArnOf,
  isTerminal,
  parseRunStateChange,
  type RunRecord,
} from '../../../lib/contract/index.js';
import { aRunRecord, aRunRequest } from '../../contract/builders.js';

export const codebuild = mockClient(CodeBuildClient);
export const dynamodb = mockClient(DynamoDBClient);
export const events = mockClient(EventBridgeClient);
export const s3 = mockClient(S3Client);
export const sfn = mockClient(SFNClient);

export const MACHINE = 'arn:aws:states:us-east-1:000000000000:stateMachine:codeseeder-demo';
export const MAP_MACHINE = `${MACHINE}_maps`;
export const NOW = new Date('2026-03-01T11:00:00.000Z');
export const table = new Map<string, RunRecord>();
/** Log messages about failed steps that will be repeated. */
export const warnings: string[] = [];
/** The executions that ListExecutions returns, newest first. */
export const listed: ExecutionListItem[] = [];

/**
 * Applies an update to the mocked table. Sets the attributes that it names by `:name`, unless its condition on the
 * status is false.
 */
export function update({ Key, ExpressionAttributeValues, UpdateExpression = '' }: UpdateItemCommandInput) {
  const { runId } = unmarshall(Key ?? {}) as { runId: string };
  const before = table.get(runId);
  const isConditional = UpdateExpression.includes('#status = :status');
  if (isConditional && before !== undefined && isTerminal(before.status)) {
    throw new ConditionalCheckFailedException({ $metadata: {}, message: 'over' });
  }
  const values = Object.entries(unmarshall(ExpressionAttributeValues ?? {}))
    .filter(([name]) => !name.startsWith(':active'))
    .map(([name, value]) => [name.slice(1), value]);
  const after = { ...before, runId, ...Object.fromEntries(values) };
  if (UpdateExpression === 'REMOVE #buildRequestedAt') delete after.buildRequestedAt;
  table.set(runId, after);
  return {};
}

/** Calls a function before the first update, to simulate another writer. */
export function onFirstUpdate(act: () => void): void {
  let isFirst = true;
  dynamodb.on(UpdateItemCommand).callsFake(async (input: UpdateItemCommandInput) => {
    if (isFirst) act();
    isFirst = false;
    return update(input);
  });
}

const marshalled = (record: object) => marshall(record, { removeUndefinedValues: true });

export function reconcile(event: unknown) {
  return reconcileRun(event, {
    codebuild: new CodeBuildClient({}),
    dynamodb: new DynamoDBClient({}),
    events: new EventBridgeClient({}),
    s3: new S3Client({}),
    sfn: new SFNClient({}),
    now: () => NOW,
    seedkit: 'demo',
    bucket: 'bucket',
    runTable: 'runs',
    lockTable: 'locks',
    project: 'p',
    eventBus: 'bus',
    stateMachineArn: MACHINE,
    mapMachineArn: MAP_MACHINE,
    recordExpirationDays: 10,
    sleep: () => Promise.resolve(),
    log: { info: () => {}, warn: (message) => void warnings.push(message), error: () => {} },
  });
}

export const changeOf = (name: string, stateMachineArn = MACHINE) => ({
  source: 'aws.states',
  'detail-type': 'Step Functions Execution Status Change',
  detail: { name, executionArn: executionArnOf(MACHINE, name), stateMachineArn, status: 'ABORTED' },
});

/** Adds the execution of a run to the list of executions. */
export function executionIsListed(
  runId: string,
  status: ExecutionListItem['status'],
  startDate = new Date('2026-03-01T10:00:00Z'),
) {
  const executionArn = executionArnOf(MACHINE, runId);
  listed.push({ name: runId, executionArn, stateMachineArn: MACHINE, status, startDate });
}

export function recordIs(overrides: Partial<RunRecord> = {}) {
  const runId = overrides.runId ?? 'run-1';
  const record = aRunRecord({
    status: 'BUILDING',
    executionArn: executionArnOf(MACHINE, runId),
    ...overrides,
  });
  table.set(runId, record);
}

export function executionIs(overrides: Partial<DescribeExecutionCommandOutput>, runId = 'run-1') {
  sfn.on(DescribeExecutionCommand, { executionArn: executionArnOf(MACHINE, runId) }).resolves({
    startDate: new Date('2026-03-01T10:00:00Z'),
    stopDate: new Date('2026-03-01T10:30:00Z'),
    input: JSON.stringify(aRunRequest({ labels: { team: 'a' } })),
    ...overrides,
  });
}

export const announced = () =>
  events
    .commandCalls(PutEventsCommand)
    .flatMap((call) => call.args[0].input.Entries ?? [])
    .map(({ Detail = '' }) => parseRunStateChange(JSON.parse(Detail)));
export const stopped = () => codebuild.commandCalls(StopBuildCommand).map((call) => call.args[0].input.id);

/** Resets the mocks: an empty table, a bus that accepts every event, and a build in progress. */
export function resetAccount(): void {
  table.clear();
  warnings.length = 0;
  listed.length = 0;
  for (const mock of [codebuild, dynamodb, events, s3, sfn]) mock.reset();
  dynamodb.on(BatchWriteItemCommand).resolves({});
  dynamodb.on(UpdateItemCommand).callsFake(async (input: UpdateItemCommandInput) => update(input));
  dynamodb.on(GetItemCommand).callsFake(async ({ Key }: { Key: Parameters<typeof unmarshall>[0] }) => {
    const record = table.get((unmarshall(Key) as { runId: string }).runId);
    return record === undefined ? {} : { Item: marshalled(record) };
  });
  // Each page has one record.
  dynamodb.on(ScanCommand).resolves({ Items: [] });
  dynamodb.on(QueryCommand).callsFake(async (query: QueryCommandInput) => {
    const day = String(unmarshall(query.ExpressionAttributeValues ?? {})[':day']);
    const records = [...table.values()].filter((record) => record.day === day);
    const index = Number(query.ExclusiveStartKey?.['index']?.N ?? 0);
    return {
      Items: records.slice(index, index + 1).map(marshalled),
      ...(index + 1 < records.length && { LastEvaluatedKey: { index: { N: String(index + 1) } } }),
    };
  });
  dynamodb.on(BatchGetItemCommand).callsFake(async ({ RequestItems = {} }: BatchGetItemCommandInput) => {
    const runIds = (RequestItems['runs']?.Keys ?? []).map((key) => String(unmarshall(key)['runId']));
    const records = runIds.flatMap((runId) => table.get(runId) ?? []);
    return { Responses: { runs: records.map(marshalled) } };
  });
  // Each page has one execution.
  sfn.on(ListExecutionsCommand).callsFake(async (input: ListExecutionsCommandInput) => {
    const executions = listed.filter(({ status }) => status === input.statusFilter);
    const index = Number(input.nextToken ?? 0);
    const nextToken = index + 1 < executions.length ? String(index + 1) : undefined;
    return { executions: executions.slice(index, index + 1), nextToken };
  });
  sfn.on(DescribeExecutionCommand).resolves({});
  events.on(PutEventsCommand).resolves({ FailedEntryCount: 0 });
  codebuild.on(BatchGetBuildsCommand).resolves({ builds: [{ id: 'p:1', buildComplete: false }] });
}
