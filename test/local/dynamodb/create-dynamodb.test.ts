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
      isAdopted: false,
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

  it('The local DynamoDB refuses members that it does not support, by name', async () => {
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

  describe('an update of a template', () => {
    const byStatus = {
      IndexName: 'byStatus',
      KeySchema: [
        { AttributeName: 'status', KeyType: 'HASH' },
        { AttributeName: 'runId', KeyType: 'RANGE' },
      ],
      Projection: { ProjectionType: 'KEYS_ONLY' },
    };
    const definitions = runs.AttributeDefinitions as JsonObject[];
    const indexes = runs.GlobalSecondaryIndexes as JsonObject[];
    const withStatus: JsonObject = {
      ...runs,
      AttributeDefinitions: [...definitions, { AttributeName: 'status', AttributeType: 'S' }],
      GlobalSecondaryIndexes: [...indexes, byStatus],
    };
    const update = async (properties: JsonObject, from: JsonObject = runs) => {
      const current = { physicalId: 'runs', properties: from, attributes: {} };
      const request = { stackName: 'stack', logicalId: 'Runs', properties };
      return dynamodb.resourceProviders[0]!.update(current, request);
    };
    const setStatus = (runId: string, status: string) =>
      client.send(
        new UpdateItemCommand({
          TableName: 'runs',
          Key: { runId: { S: runId } },
          UpdateExpression: 'SET #s = :s',
          ExpressionAttributeNames: { '#s': 'status' },
          ExpressionAttributeValues: { ':s': { S: status } },
        }),
      );
    const withStatusOf = async (status: string) => {
      const { Items } = await client.send(
        new QueryCommand({
          TableName: 'runs',
          IndexName: 'byStatus',
          KeyConditionExpression: '#s = :s',
          ExpressionAttributeNames: { '#s': 'status' },
          ExpressionAttributeValues: { ':s': { S: status } },
        }),
      );
      return Items;
    };

    it('An added index has the items that exist and later ones, and survives a restart', async () => {
      await deploy();
      await put('plain');
      await put('before');
      await setStatus('before', 'QUEUED');
      await update(withStatus);
      await put('later');
      await setStatus('later', 'QUEUED');
      await setStatus('before', 'FAILED');
      await close();
      await open();

      expect(await withStatusOf('QUEUED')).toEqual([{ runId: { S: 'later' }, status: { S: 'QUEUED' } }]);
      expect(await withStatusOf('FAILED')).toEqual([{ runId: { S: 'before' }, status: { S: 'FAILED' } }]);
      await expect(update(withStatus, withStatus)).resolves.toMatchObject({ physicalId: 'runs' });
    });

    it('A deleted index is removed with its entries', async () => {
      await deploy(withStatus);
      await put('a');
      await setStatus('a', 'QUEUED');
      await update(runs, withStatus);
      await expect(withStatusOf('QUEUED')).rejects.toThrow(/index/);
      await setStatus('a', 'FAILED');
      await update(withStatus);
      expect(await withStatusOf('QUEUED')).toEqual([]);
      expect(await withStatusOf('FAILED')).toHaveLength(1);
    });

    it('Two new indexes in one update are refused, as CloudFormation refuses them', async () => {
      await deploy();
      const second = { ...byStatus, IndexName: 'byStatusToo' };
      const two: JsonObject = { ...withStatus, GlobalSecondaryIndexes: [...indexes, byStatus, second] };
      await expect(update(two)).rejects.toThrow('Only 1 online index can be created or deleted');
      await expect(withStatusOf('QUEUED')).rejects.toThrow(/index/);
    });

    it('Other keys of an index are refused', async () => {
      await deploy(withStatus);
      const [first, ...others] = withStatus.GlobalSecondaryIndexes as JsonObject[];
      const changed = { ...first, KeySchema: byStatus.KeySchema } as JsonObject;
      await expect(update({ ...withStatus, GlobalSecondaryIndexes: [changed, ...others] })).rejects.toThrow(
        /other keys/,
      );
    });
  });

  it('Deleting a table of a template twice succeeds', async () => {
    const table = await deploy();
    await dynamodb.resourceProviders[0]!.delete(table);
    await dynamodb.resourceProviders[0]!.delete(table);
    expect(await dynamodb.tables.call('ListTables', {})).toEqual({ TableNames: [] });
    await deploy();
    await put('a');
  });
});
