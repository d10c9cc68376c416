import { BatchGetBuildsCommand, CodeBuildClient, StopBuildCommand } from '@aws-sdk/client-codebuild';
import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  GetItemCommand,
  QueryCommand,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import {
  DescribeExecutionCommand,
  type DescribeExecutionCommandOutput,
  ExecutionDoesNotExist,
  SFNClient,
} from '@aws-sdk/client-sfn';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';

import { reconcileRun } from '../../../lambdas/reconcile-run/reconcile-run.js';
import {
  executionArnOf,
  isTerminal,
  parseRunStateChange,
  type RunRecord,
} from '../../../lib/contract/index.js';
import { aRunRecord, aRunRequest } from '../../contract/builders.js';

const codebuild = mockClient(CodeBuildClient);
const dynamodb = mockClient(DynamoDBClient);
const events = mockClient(EventBridgeClient);
const sfn = mockClient(SFNClient);

const MACHINE = 'arn:aws:states:us-east-1:000000000000:stateMachine:codeseeder-demo';
const NOW = new Date('2026-03-01T11:00:00.000Z');
let table: Map<string, RunRecord>;
let failures: string[];

/** The table: what an update sets by `:name` is set, unless its condition on the status does not hold. */
function update({ Key, ExpressionAttributeValues, UpdateExpression = '' }: UpdateItemCommandInput) {
  const { runId } = unmarshall(Key ?? {}) as { runId: string };
  const before = table.get(runId);
  const isConditional = UpdateExpression.includes('#status = :status');
  if (isConditional && before !== undefined && isTerminal(before.status)) {
    throw new ConditionalCheckFailedException({ $metadata: {}, message: 'over' });
  }
  const values = Object.entries(unmarshall(ExpressionAttributeValues ?? {}))
    .filter(([name]) => !name.startsWith(':active'))
    .map(([name, value]) => [name.slice(1), value]);
  table.set(runId, { ...before, runId, ...Object.fromEntries(values) });
  return {};
}

const marshalled = (record: object) => marshall(record, { removeUndefinedValues: true });

function reconcile(event: unknown) {
  return reconcileRun(event, {
    codebuild: new CodeBuildClient({}),
    dynamodb: new DynamoDBClient({}),
    events: new EventBridgeClient({}),
    sfn: new SFNClient({}),
    now: () => NOW,
    seedkit: 'demo',
    runTable: 'runs',
    eventBus: 'bus',
    stateMachineArn: MACHINE,
    recordExpirationDays: 10,
    log: { info: () => undefined, error: (_, { runId }) => void failures.push(String(runId)) },
  });
}

const changeOf = (name: string, stateMachineArn = MACHINE) => ({
  source: 'aws.states',
  'detail-type': 'Step Functions Execution Status Change',
  detail: { name, executionArn: executionArnOf(MACHINE, name), stateMachineArn, status: 'ABORTED' },
});

function recordIs(overrides: Partial<RunRecord> = {}) {
  const runId = overrides.runId ?? 'run-1';
  const record = aRunRecord({
    status: 'BUILDING',
    executionArn: executionArnOf(MACHINE, runId),
    ...overrides,
  });
  table.set(runId, record);
}

function executionIs(overrides: Partial<DescribeExecutionCommandOutput>, runId = 'run-1') {
  sfn.on(DescribeExecutionCommand, { executionArn: executionArnOf(MACHINE, runId) }).resolves({
    startDate: new Date('2026-03-01T10:00:00Z'),
    stopDate: new Date('2026-03-01T10:30:00Z'),
    input: JSON.stringify(aRunRequest({ labels: { team: 'a' } })),
    ...overrides,
  });
}

const announced = () =>
  events
    .commandCalls(PutEventsCommand)
    .flatMap((call) => call.args[0].input.Entries ?? [])
    .map(({ Detail = '' }) => parseRunStateChange(JSON.parse(Detail)));
const stopped = () => codebuild.commandCalls(StopBuildCommand).map((call) => call.args[0].input.id);

beforeEach(() => {
  table = new Map();
  failures = [];
  for (const mock of [codebuild, dynamodb, events, sfn]) mock.reset();
  dynamodb.on(UpdateItemCommand).callsFake(async (input: UpdateItemCommandInput) => update(input));
  dynamodb.on(GetItemCommand).callsFake(async ({ Key }: { Key: Parameters<typeof unmarshall>[0] }) => {
    const record = table.get((unmarshall(Key) as { runId: string }).runId);
    return record === undefined ? {} : { Item: marshalled(record) };
  });
  // A page holds one record.
  dynamodb
    .on(QueryCommand)
    .callsFake(
      async ({
        ExpressionAttributeValues,
        ExclusiveStartKey,
      }: Record<string, Parameters<typeof unmarshall>[0]>) => {
        const day = String(unmarshall(ExpressionAttributeValues ?? {})[':day']);
        const records = [...table.values()].filter((record) => record.day === day);
        const index = Number(ExclusiveStartKey?.['index']?.N ?? 0);
        return {
          Items: records.slice(index, index + 1).map(marshalled),
          ...(index + 1 < records.length && { LastEvaluatedKey: { index: { N: String(index + 1) } } }),
        };
      },
    );
  events.on(PutEventsCommand).resolves({ FailedEntryCount: 0 });
  codebuild.on(BatchGetBuildsCommand).resolves({ builds: [{ id: 'p:1', buildComplete: false }] });
});

describe('an execution that was stopped', () => {
  beforeEach(() => {
    recordIs({ buildId: 'p:1' });
    executionIs({ status: 'ABORTED', error: 'Canceled', cause: 'Ann: wrong stage' });
  });

  it('ends its run, stops its build and announces the end', async () => {
    expect(await reconcile(changeOf('run-1'))).toEqual({ examined: 1, ended: ['run-1'] });

    expect(stopped()).toEqual(['p:1']);
    expect(table.get('run-1')).toMatchObject({
      status: 'CANCELED',
      finishedAt: '2026-03-01T10:30:00.000Z',
      durationMs: 1_800_000,
      announcedAt: NOW.toISOString(),
      failure: { code: 'RunCanceled', message: 'Canceled: Ann: wrong stage' },
    });
    expect(announced()).toMatchObject([{ runId: 'run-1', status: 'CANCELED', buildId: 'p:1' }]);
  });

  it('is announced once however often it is reconciled', async () => {
    await reconcile(changeOf('run-1'));
    await reconcile(changeOf('run-1'));

    expect(announced()).toHaveLength(1);
  });

  it('leaves a build alone that is over', async () => {
    codebuild.on(BatchGetBuildsCommand).resolves({ builds: [{ id: 'p:1', buildComplete: true }] });
    await reconcile(changeOf('run-1'));

    expect(stopped()).toEqual([]);
  });

  it('has a build stopped that was recorded while the run was being ended', async () => {
    recordIs({});
    dynamodb.on(UpdateItemCommand).callsFakeOnce(async (input: UpdateItemCommandInput) => {
      recordIs({ buildId: 'p:1' });
      return update(input);
    });
    await reconcile(changeOf('run-1'));

    expect(stopped()).toEqual(['p:1']);
  });

  it('keeps the end that somebody else recorded meanwhile', async () => {
    dynamodb.on(UpdateItemCommand).callsFakeOnce(async (input: UpdateItemCommandInput) => {
      recordIs({ status: 'SUCCEEDED', finishedAt: NOW.toISOString() });
      return update(input);
    });
    await reconcile(changeOf('run-1'));

    expect(announced()).toMatchObject([{ status: 'SUCCEEDED' }]);
  });

  it('before it recorded its run is given a record', async () => {
    table.clear();
    await reconcile(changeOf('run-1'));

    expect(table.get('run-1')).toMatchObject({
      status: 'CANCELED',
      seedkit: 'demo',
      day: '2026-03-01',
      queuedAt: '2026-03-01T10:00:00.000Z',
      labels: { team: 'a' },
    });
    expect(announced()).toHaveLength(1);
  });

  it('is not taken for announced when EventBridge did not take the event', async () => {
    events.on(PutEventsCommand).resolves({ FailedEntryCount: 1, Entries: [{ ErrorCode: 'Internal' }] });

    await expect(reconcile(changeOf('run-1'))).rejects.toThrow(AggregateError);
    expect(table.get('run-1')).not.toHaveProperty('announcedAt');
  });

  it("is none of ours when it is another machine's", async () => {
    expect(await reconcile(changeOf('run-1', `${MACHINE}-other`))).toEqual({ examined: 0, ended: [] });
  });
});

describe('an execution that ended without recording it', () => {
  it.each<[string, Partial<DescribeExecutionCommandOutput>, string, string]>([
    ['timed out', { status: 'TIMED_OUT' }, 'TIMED_OUT', 'RunTimedOut'],
    [
      'failed by a failure code',
      { status: 'FAILED', error: 'QueueTimedOut', cause: 'c' },
      'TIMED_OUT',
      'QueueTimedOut',
    ],
    [
      'failed otherwise',
      { status: 'FAILED', error: 'States.Runtime', cause: 'c' },
      'FAILED',
      'ControlPlaneError',
    ],
    ['succeeded without an output', { status: 'SUCCEEDED', output: '{' }, 'FAILED', 'ControlPlaneError'],
  ])('because it %s ends its run', async (_, execution, status, code) => {
    recordIs();
    executionIs(execution);
    await reconcile(changeOf('run-1'));

    expect(table.get('run-1')).toMatchObject({ status, failure: { code } });
  });

  it('takes the outcome from its output when it succeeded', async () => {
    recordIs();
    const output = {
      runId: 'run-1',
      status: 'SUCCEEDED',
      outputKey: 'runs/run-1/output/',
      exportedVariables: { A: '1' },
    };
    executionIs({ status: 'SUCCEEDED', output: JSON.stringify(output) });
    await reconcile(changeOf('run-1'));

    expect(announced()).toMatchObject([
      { status: 'SUCCEEDED', outputKey: 'runs/run-1/output/', exportedVariables: { A: '1' } },
    ]);
  });
});

describe('the sweep', () => {
  const sweep = () => reconcile({ source: 'aws.events', 'detail-type': 'Scheduled Event', detail: {} });

  it('leaves runs alone whose executions go on', async () => {
    recordIs();
    executionIs({ status: 'RUNNING' });

    expect(await sweep()).toEqual({ examined: 1, ended: [] });
    expect(table.get('run-1')?.status).toBe('BUILDING');
  });

  it('finds every open run of the newest days, page by page', async () => {
    const runIds = ['a', 'b', 'c'];
    runIds.forEach((runId, age) => {
      recordIs({ runId, day: new Date(NOW.getTime() - age * 86_400_000).toISOString().slice(0, 10) });
      executionIs({ status: 'ABORTED' }, runId);
    });
    recordIs({ runId: 'd' });
    executionIs({ status: 'ABORTED' }, 'd');

    expect((await sweep()).ended.toSorted()).toEqual(['a', 'b', 'c', 'd']);
  });

  it('ends a run whose execution is gone', async () => {
    recordIs();
    sfn.on(DescribeExecutionCommand).rejects(new ExecutionDoesNotExist({ $metadata: {}, message: 'gone' }));
    await sweep();

    expect(table.get('run-1')).toMatchObject({ status: 'FAILED', failure: { code: 'ControlPlaneError' } });
  });

  it.each([
    ['announces an end', '2026-03-01T10:57:59.000Z', 1],
    ['leaves it to the machine to announce an end', '2026-03-01T10:58:01.000Z', 0],
  ])('%s of %s', async (_, finishedAt, count) => {
    recordIs({ status: 'SUCCEEDED', finishedAt });
    await sweep();

    expect(announced()).toHaveLength(count);
  });

  it('asks the index for what is open only', async () => {
    await sweep();

    const queries = dynamodb.commandCalls(QueryCommand).map((call) => call.args[0].input);
    expect(queries.map((query) => query.ExpressionAttributeValues?.[':day']?.S)).toEqual([
      '2026-03-01',
      '2026-02-28',
      '2026-02-27',
      '2026-02-26',
    ]);
    expect(queries[0]).toMatchObject({
      IndexName: 'byDay',
      FilterExpression: '#status IN (:active0, :active1) OR attribute_not_exists(#announcedAt)',
    });
  });

  it('goes on after a run that cannot be reconciled, and says so at the end', async () => {
    for (const runId of ['a', 'b', 'c']) {
      recordIs({ runId });
      executionIs({ status: 'ABORTED' }, runId);
    }
    sfn
      .on(DescribeExecutionCommand, { executionArn: executionArnOf(MACHINE, 'b') })
      .rejects(new Error('throttled'));

    await expect(sweep()).rejects.toThrow('1 of 3 runs could not be reconciled');
    expect(failures).toEqual(['b']);
    expect(
      announced()
        .map(({ runId }) => runId)
        .toSorted(),
    ).toEqual(['a', 'c']);
  });
});
