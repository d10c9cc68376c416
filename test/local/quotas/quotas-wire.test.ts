import { setTimeout as sleep } from 'node:timers/promises';

import { CloudWatchLogsClient, GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { BatchGetBuildsCommand, CodeBuildClient, StartBuildCommand } from '@aws-sdk/client-codebuild';
import { DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import {
  EventBridgeClient,
  PutEventsCommand,
  PutRuleCommand,
  PutTargetsCommand,
} from '@aws-sdk/client-eventbridge';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { DescribeExecutionCommand, ListExecutionsCommand, SFNClient } from '@aws-sdk/client-sfn';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { passOn } from '../../../lib/local/intercept.js';
import { createPlaceServices, type PlaceServices } from '../../../lib/local/place-services.js';
import { limitService } from '../../../lib/local/quotas/limit-service.js';
import type { LimitedCall } from '../../../lib/local/quotas/quotas.js';
import type { Listener } from '../../../lib/local/server/listen-on-loopback.js';
import { startServer } from '../../../lib/local/server/start-server.js';
import { createActiveTable } from '../dynamodb/create-active-table.js';
import { openTestPlaceContext, type TestPlaceContext } from '../test-place-context.js';
import { anAccount, callsUntilRefused, type TestAccount } from './an-account.js';
import { createMachine, endOf } from './a-machine-over-the-wire.js';

let account: TestAccount;
let context: TestPlaceContext;
let services: PlaceServices;
let server: Listener;

beforeEach(async () => {
  account = anAccount({ region: 'eu-central-1' });
  context = await openTestPlaceContext({ quotas: account.quotas });
  services = await createPlaceServices(context, {
    buildConcurrency: 1,
    assets: () => undefined,
    intercept: passOn,
  });
  const limited = services.wire.map((service) => limitService(service, account.quotas));
  server = await startServer({ context, services: limited, port: 0 });
});
afterEach(async () => {
  await server.close();
  await services.close(Promise.resolve());
  await context.dispose();
});

/** Returns the configuration of a client that does not retry. */
function once() {
  const { region, credentials } = context;
  return { region, credentials, endpoint: `http://127.0.0.1:${server.port}`, maxAttempts: 1 };
}

const executionArn = 'arn:aws:states:eu-central-1:123456789012:execution:machine:run-1';
const s3 = () => new S3Client({ ...once(), forcePathStyle: true });

const CALLS: readonly (readonly [LimitedCall, () => Promise<unknown>, object])[] = [
  [
    { service: 'states', operation: 'DescribeExecution' },
    () => new SFNClient(once()).send(new DescribeExecutionCommand({ executionArn })),
    { name: 'ThrottlingException', message: 'Rate exceeded', $metadata: { httpStatusCode: 400 } },
  ],
  [
    { service: 'codebuild', operation: 'BatchGetBuilds' },
    () => new CodeBuildClient(once()).send(new BatchGetBuildsCommand({ ids: ['p:1'] })),
    { name: 'ThrottlingException', message: 'Rate exceeded', $metadata: { httpStatusCode: 400 } },
  ],
  [
    { service: 'codebuild', operation: 'StartBuild' },
    () => new CodeBuildClient(once()).send(new StartBuildCommand({ projectName: 'p' })),
    { name: 'ThrottlingException', message: 'Rate exceeded', $metadata: { httpStatusCode: 400 } },
  ],
  [
    { service: 'logs', operation: 'GetLogEvents' },
    () =>
      new CloudWatchLogsClient(once()).send(
        new GetLogEventsCommand({ logGroupName: 'g', logStreamName: 's' }),
      ),
    { name: 'ThrottlingException', message: 'Rate exceeded', $metadata: { httpStatusCode: 400 } },
  ],
  [
    { service: 's3', operation: 'GET', resource: 'b' },
    () => s3().send(new GetObjectCommand({ Bucket: 'b', Key: 'k' })),
    { name: 'SlowDown', $metadata: { httpStatusCode: 503 } },
  ],
  [
    { service: 's3', operation: 'PUT', resource: 'b' },
    () => s3().send(new PutObjectCommand({ Bucket: 'b', Key: 'k', Body: 'x'.repeat(100_000) })),
    { name: 'SlowDown', $metadata: { httpStatusCode: 503 } },
  ],
  [
    { service: 'sts', operation: 'GetCallerIdentity' },
    () => new STSClient(once()).send(new GetCallerIdentityCommand({})),
    { name: 'Throttling', message: 'Rate exceeded', $metadata: { httpStatusCode: 400 } },
  ],
];

describe('A client of a service over its rate', () => {
  it.each(CALLS.map(([call, send, error]) => [call.service, call.operation, call, send, error] as const))(
    'A client over the rate receives the throttling error of %s for %s, and another answer once there is a token',
    async (_service, _operation, call, send, error) => {
      callsUntilRefused(account.quotas, call);
      await expect(send()).rejects.toMatchObject(error);

      account.time.nowMs += 1_000;
      const name = await send().then(
        () => 'no error',
        (refusal: Error) => refusal.name,
      );
      expect(name).not.toMatch(/Throttl|SlowDown/);
    },
  );

  it('A client over the rate of one operation is not limited in another of the same service', async () => {
    callsUntilRefused(account.quotas, { service: 'states', operation: 'StartExecution' });
    await expect(
      new SFNClient(once()).send(new DescribeExecutionCommand({ executionArn })),
    ).rejects.toMatchObject({ name: 'ExecutionDoesNotExist' });
  });
});

describe('`PutEvents` over its rate', () => {
  it('`PutEvents` over its rate fails the entries beyond it, and accepts the others', async () => {
    account.quotas.take({ service: 'events', operation: 'PutEvents', tokens: 2_400 - 2 });
    const Entries = [1, 2, 3].map(() => ({ Source: 'mine', DetailType: 'Thing', Detail: '{}' }));
    const answer = await new EventBridgeClient(once()).send(new PutEventsCommand({ Entries }));

    expect(answer.FailedEntryCount).toBe(1);
    expect(answer.Entries?.[0]).toEqual({ EventId: expect.any(String) });
    expect(answer.Entries?.[2]).toEqual({ ErrorCode: 'ThrottlingException', ErrorMessage: 'Rate exceeded' });
  });
});

describe('A rule that starts executions', () => {
  it('A rule waits while `StartExecution` is over its rate, and starts the execution later', async () => {
    const sfn = new SFNClient(once());
    const { stateMachineArn } = await createMachine(sfn, { Only: { Type: 'Pass', End: true } });
    const events = new EventBridgeClient(once());
    await events.send(new PutRuleCommand({ Name: 'start', EventPattern: '{"source":["mine"]}' }));
    await events.send(
      new PutTargetsCommand({ Rule: 'start', Targets: [{ Id: 'machine', Arn: stateMachineArn }] }),
    );
    callsUntilRefused(account.quotas, { service: 'states', operation: 'StartExecution' });
    const Entries = [{ Source: 'mine', DetailType: 'Thing', Detail: '{}' }];
    const { FailedEntryCount } = await events.send(new PutEventsCommand({ Entries }));
    expect(FailedEntryCount).toBe(0);
    const executions = async () =>
      (await sfn.send(new ListExecutionsCommand({ stateMachineArn }))).executions ?? [];
    await sleep(200);
    expect(await executions()).toHaveLength(0);

    account.time.nowMs += 1_000;
    while ((await executions()).length === 0) await sleep(200);
  });
});

describe('A table over its throughput', () => {
  const item = (bytes: number) => ({ id: { S: 'a' }, text: { S: 'x'.repeat(bytes) } });
  let dynamodb: DynamoDBClient;

  beforeEach(async () => {
    dynamodb = new DynamoDBClient(once());
    for (const TableName of ['runs', 'other']) {
      await createActiveTable(dynamodb, TableName, 'id');
    }
  });

  const put = (TableName: string, bytes = 10) =>
    dynamodb.send(new PutItemCommand({ TableName, Item: item(bytes) }));
  const get = (TableName: string, wanted?: 'TOTAL') =>
    dynamodb.send(
      new GetItemCommand({
        TableName,
        Key: { id: { S: 'a' } },
        ConsistentRead: true,
        ReturnConsumedCapacity: wanted,
      }),
    );

  it('A table over its throughput refuses writes with ThrottlingException, and neither reads nor other tables', async () => {
    callsUntilRefused(account.quotas, { service: 'dynamodb', operation: 'write units', resource: 'runs' });
    await expect(put('runs')).rejects.toMatchObject({
      name: 'ThrottlingException',
      message: expect.stringContaining('Throughput exceeds the current capacity'),
      $metadata: { httpStatusCode: 400 },
    });
    await expect(get('runs')).resolves.toMatchObject({ $metadata: { httpStatusCode: 200 } });
    await expect(put('other')).resolves.toMatchObject({ $metadata: { httpStatusCode: 200 } });
  });

  it('A table counts a write by the kilobytes of its item, and returns consumed units only on request', async () => {
    const units = { service: 'dynamodb', operation: 'write units', resource: 'runs' };
    account.quotas.take({ ...units, tokens: 4_000 - 30 });
    await expect(put('runs', 20_000)).resolves.not.toHaveProperty('ConsumedCapacity');
    expect(callsUntilRefused(account.quotas, units).calls).toBe(10);

    await expect(get('runs')).resolves.not.toHaveProperty('ConsumedCapacity');
    await expect(get('runs', 'TOTAL')).resolves.toMatchObject({
      ConsumedCapacity: { TableName: 'runs', CapacityUnits: 5 },
    });
  });

  it('A table over its throughput refuses a task of a state machine as it refuses a client', async () => {
    callsUntilRefused(account.quotas, { service: 'dynamodb', operation: 'write units', resource: 'runs' });
    const sfn = new SFNClient(once());
    const end = await endOf(sfn, {
      Put: {
        Type: 'Task',
        Resource: 'arn:aws:states:::dynamodb:putItem',
        Arguments: { TableName: 'runs', Item: { id: { S: 'a' } } },
        End: true,
      },
    });
    expect(end).toMatchObject({ status: 'FAILED', error: 'DynamoDB.ThrottlingException' });
  });

  it('A task that puts an event over the rate fails with `EventBridge.FailedEntry`', async () => {
    callsUntilRefused(account.quotas, { service: 'events', operation: 'PutEvents' });
    const end = await endOf(new SFNClient(once()), {
      Tell: {
        Type: 'Task',
        Resource: 'arn:aws:states:::events:putEvents',
        Arguments: { Entries: [{ Source: 'mine', DetailType: 'Thing', Detail: {} }] },
        End: true,
      },
    });
    expect(end).toMatchObject({
      status: 'FAILED',
      error: 'EventBridge.FailedEntry',
      cause: expect.stringContaining('ThrottlingException'),
    });
  });
});
