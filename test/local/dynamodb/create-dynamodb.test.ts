import {
  ConditionalCheckFailedException,
  CreateTableCommand,
  DescribeTimeToLiveCommand,
  DynamoDBClient,
  PutItemCommand,
  QueryCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { createDynamodb, type Dynamodb } from '../../../lib/local/dynamodb/create-dynamodb.js';
import { startServer } from '../../../lib/local/server/start-server.js';
import type { JsonObject } from '../../../lib/local/resources/resource-provider.js';
import { openTestPlaceContext, type TestPlaceContext } from '../test-place-context.js';

let context: TestPlaceContext;
let dynamodb: Dynamodb;
let server: Awaited<ReturnType<typeof startServer>>;
let client: DynamoDBClient;

async function open(): Promise<void> {
  dynamodb = await createDynamodb(context);
  server = await startServer({ context, services: [dynamodb.service], port: 0 });
  client = new DynamoDBClient({
    endpoint: `http://127.0.0.1:${server.port}`,
    region: context.region,
    credentials: context.credentials,
  });
}

async function close(): Promise<void> {
  client.destroy();
  await server.close();
  await dynamodb.close();
}

beforeEach(async () => {
  context = await openTestPlaceContext();
  await open();
});
afterEach(async () => {
  await close();
  await context.dispose();
});

const runs: JsonObject = {
  TableName: 'runs',
  KeySchema: [{ AttributeName: 'runId', KeyType: 'HASH' }],
  AttributeDefinitions: [
    { AttributeName: 'runId', AttributeType: 'S' },
    { AttributeName: 'day', AttributeType: 'S' },
    { AttributeName: 'queuedAt', AttributeType: 'S' },
  ],
  GlobalSecondaryIndexes: [
    {
      IndexName: 'byDay',
      KeySchema: [
        { AttributeName: 'day', KeyType: 'HASH' },
        { AttributeName: 'queuedAt', KeyType: 'RANGE' },
      ],
      Projection: { ProjectionType: 'ALL' },
    },
  ],
  BillingMode: 'PAY_PER_REQUEST',
  TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
};
const deploy = (properties: JsonObject = runs) =>
  dynamodb.resourceProviders[0]!.create({ stackName: 'stack', logicalId: 'Runs', properties });

const put = (runId: string, day = '2026-01-31') =>
  client.send(
    new PutItemCommand({
      TableName: 'runs',
      Item: { runId: { S: runId }, day: { S: day }, queuedAt: { S: `${day}T00:00:0${runId.length}Z` } },
      ConditionExpression: 'attribute_not_exists(runId)',
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    }),
  );

describe('DynamoDB', () => {
  it('A table of a template has its index, time to live and ARN', async () => {
    const table = await deploy();
    expect(table).toEqual({
      physicalId: 'runs',
      attributes: { Arn: `arn:aws:dynamodb:${context.region}:${context.account}:table/runs` },
    });
    await put('a');
    await put('bb');
    const { Items } = await client.send(
      new QueryCommand({
        TableName: 'runs',
        IndexName: 'byDay',
        KeyConditionExpression: '#day = :day',
        ExpressionAttributeNames: { '#day': 'day' },
        ExpressionAttributeValues: { ':day': { S: '2026-01-31' } },
        ScanIndexForward: false,
      }),
    );
    expect(Items?.map((item) => item.runId?.S)).toEqual(['bb', 'a']);
    const { TimeToLiveDescription } = await client.send(new DescribeTimeToLiveCommand({ TableName: 'runs' }));
    expect(TimeToLiveDescription).toEqual({ TimeToLiveStatus: 'ENABLED', AttributeName: 'expiresAt' });
  });

  it('A write whose condition fails is refused with the stored item', async () => {
    await deploy();
    await put('a');
    const refusal = await put('a', '2026-02-01').catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(ConditionalCheckFailedException);
    expect((refusal as ConditionalCheckFailedException).Item?.day).toEqual({ S: '2026-01-31' });
  });

  it('One of many writers with the same condition succeeds', async () => {
    await deploy();
    const writes = await Promise.allSettled(Array.from({ length: 20 }, () => put('same')));
    expect(writes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('Items, tables and time to live survive a restart', async () => {
    await deploy();
    await put('kept');
    await close();
    await open();
    expect(await dynamodb.tables.call('DescribeTimeToLive', { TableName: 'runs' })).toMatchObject({
      TimeToLiveDescription: { AttributeName: 'expiresAt' },
    });
    expect(
      await dynamodb.tables.call('GetItem', { TableName: 'runs', Key: { runId: { S: 'kept' } } }),
    ).toMatchObject({ Item: { day: { S: '2026-01-31' } } });
  });

  it('A call from within the process has the result of one on the wire, and does not change its input', async () => {
    await deploy();
    const input = { TableName: 'runs', Key: { runId: { S: 'x' } }, UpdateExpression: 'SET #s = :s' };
    await expect(dynamodb.tables.call('UpdateItem', input)).rejects.toMatchObject({
      code: 'ValidationException',
    });
    expect(input).toEqual({ TableName: 'runs', Key: { runId: { S: 'x' } }, UpdateExpression: 'SET #s = :s' });
    await expect(
      dynamodb.tables.call('GetItem', { TableName: 'none', Key: { runId: { S: 'x' } } }),
    ).rejects.toMatchObject({ code: 'ResourceNotFoundException' });
    await client.send(
      new UpdateItemCommand({
        ...input,
        ExpressionAttributeNames: { '#s': 'status' },
        ExpressionAttributeValues: { ':s': { S: 'QUEUED' } },
      }),
    );
    expect(
      await dynamodb.tables.call('GetItem', { TableName: 'runs', Key: { runId: { S: 'x' } } }),
    ).toMatchObject({ Item: { status: { S: 'QUEUED' } } });
  });

  it('DynamoDB refuses members that it would have to ignore, by name', async () => {
    await expect(client.send(new TransactWriteItemsCommand({ TransactItems: [] }))).rejects.toMatchObject({
      name: 'UnknownOperationException',
    });
    await expect(
      client.send(
        new CreateTableCommand({
          TableName: 'streamed',
          KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
          AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
          BillingMode: 'PAY_PER_REQUEST',
          StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' },
        }),
      ),
    ).rejects.toThrow(/StreamSpecification/);
  });

  it('A template adopts a table with the same keys and refuses one with others', async () => {
    await deploy();
    await put('kept');
    await expect(deploy()).resolves.toMatchObject({ physicalId: 'runs' });
    const { GlobalSecondaryIndexes: _left, ...withoutIndex } = runs;
    const AttributeDefinitions = [{ AttributeName: 'runId', AttributeType: 'S' }];
    await expect(deploy({ ...withoutIndex, AttributeDefinitions })).rejects.toThrow(/byDay/);
    await expect(put('kept')).rejects.toThrow(ConditionalCheckFailedException);
  });

  it('Deleting a table of a template twice is no error', async () => {
    const table = await deploy();
    await dynamodb.resourceProviders[0]!.delete(table);
    await dynamodb.resourceProviders[0]!.delete(table);
    expect(await dynamodb.tables.call('ListTables', {})).toEqual({ TableNames: [] });
    await deploy();
    await put('a');
  });
});
