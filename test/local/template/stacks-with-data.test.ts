import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { createDynamodb, type Dynamodb } from '../../../lib/local/dynamodb/create-dynamodb.js';
import { createS3, type S3 } from '../../../lib/local/s3/create-s3.js';
import { createStackApplier, type StackApplier } from '../../../lib/local/template/stack-applier.js';
import { providerRegistry } from '../../../lib/local/template/stack-resource-provider.js';
import { aHeldStore, type HeldStore } from '../held-store.js';
import { openTestPlaceContext, type TestPlaceContext } from '../test-place-context.js';

let store: HeldStore;
let context: TestPlaceContext;
let s3: S3;
let dynamodb: Dynamodb;
let applier: StackApplier;
beforeEach(async () => {
  store = aHeldStore();
  context = await openTestPlaceContext({ store });
  s3 = await createS3(context, { events: { send: async () => 'event' } });
  dynamodb = await createDynamodb(context);
  const providers = [...s3.resourceProviders, ...dynamodb.resourceProviders];
  applier = await createStackApplier(context, providerRegistry(providers));
});
afterEach(async () => {
  await dynamodb.close();
  await context.dispose();
});

const KEY = 'id';
const TEMPLATES = {
  bucket: (name: string) => ({
    Data: { Type: 'AWS::S3::Bucket', Properties: { BucketName: name } },
    Policy: {
      Type: 'AWS::S3::BucketPolicy',
      Properties: { Bucket: { Ref: 'Data' }, PolicyDocument: { Statement: [] } },
    },
  }),
  table: (name: string) => ({
    Data: {
      Type: 'AWS::DynamoDB::Table',
      Properties: {
        TableName: name,
        BillingMode: 'PAY_PER_REQUEST',
        KeySchema: [{ AttributeName: KEY, KeyType: 'HASH' }],
        AttributeDefinitions: [{ AttributeName: KEY, AttributeType: 'S' }],
      },
    },
  }),
};
type Kind = keyof typeof TEMPLATES;
const KINDS: Kind[] = ['bucket', 'table'];

const FAILING = {
  Type: 'AWS::S3::BucketPolicy',
  DependsOn: 'Data',
  Properties: { Bucket: 'missing', PolicyDocument: { Statement: [] } },
};
const deploy = (kind: Kind, name: string, more: object = {}) =>
  applier.apply({
    stackName: 'demo',
    templateText: JSON.stringify({ Resources: { ...TEMPLATES[kind](name), ...more } }),
  });
const existing = async (kind: Kind) =>
  kind === 'bucket'
    ? store.keysIn('s3-buckets')
    : (await dynamodb.tables.call('ListTables', {}))['TableNames'];
const sizeOf = async (kind: Kind, name: string) =>
  kind === 'bucket'
    ? (await store.keysIn('s3-objects')).length
    : (await dynamodb.tables.call('Scan', { TableName: name }))['Count'];
const fill = (kind: Kind, name: string) =>
  kind === 'bucket'
    ? s3.objects.write(name, 'a', Buffer.from('a'))
    : dynamodb.tables.call('PutItem', { TableName: name, Item: { [KEY]: { S: 'a' } } });

describe('An update of a stack that changes the name of its data', () => {
  it.each(KINDS)('An empty %s whose name changes is replaced', async (kind) => {
    await deploy(kind, 'former');
    const { status, resources } = await deploy(kind, 'latter');
    expect(status).toBe('UPDATE_COMPLETE');
    expect(resources[0]).toMatchObject({ logicalId: 'Data', physicalId: 'latter' });
    expect(await existing(kind)).toEqual(['latter']);
  });

  it.each(KINDS)('The changed name of a %s with data is refused, and the data is kept', async (kind) => {
    await deploy(kind, 'former');
    await fill(kind, 'former');
    const { status, statusReason, resources } = await deploy(kind, 'latter');
    expect(status).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(statusReason).toContain(`The ${kind} former cannot be replaced by latter, because it has`);
    expect(resources[0]).toMatchObject({ physicalId: 'former' });
    expect(await existing(kind)).toEqual(['former']);
  });

  it.each(KINDS)('A %s keeps its name if a later template has none', async (kind) => {
    await deploy(kind, 'former');
    await fill(kind, 'former');
    const { Data, ...others } = TEMPLATES[kind]('former') as { Data: { Type: string; Properties: object } };
    const {
      BucketName: _bucket,
      TableName: _table,
      ...Properties
    } = Data.Properties as Record<string, unknown>;
    const templateText = JSON.stringify({ Resources: { ...others, Data: { ...Data, Properties } } });
    const { status } = await applier.apply({ stackName: 'demo', templateText });
    expect(status).toBe('UPDATE_COMPLETE');
    expect(await existing(kind)).toEqual(['former']);
  });
});

describe('A stack whose creation fails', () => {
  it.each(KINDS)('A %s that existed before the failed creation of its stack is kept', async (kind) => {
    await deploy(kind, 'data');
    const { Data, ...others } = TEMPLATES[kind]('data');
    await deploy(kind, 'data', { ...others, Data: { ...Data, DeletionPolicy: 'Retain' } });
    await applier.delete('demo');
    await fill(kind, 'data');
    const { status, resources } = await deploy(kind, 'data', { FAILING });
    expect({ status, resources }).toEqual({ status: 'ROLLBACK_COMPLETE', resources: [] });
    expect(await existing(kind)).toEqual(['data']);
    expect(await sizeOf(kind, 'data')).toBe(1);
    expect(await deploy(kind, 'data')).toMatchObject({ status: 'CREATE_COMPLETE' });
    expect(await sizeOf(kind, 'data')).toBe(1);
  });

  it.each(KINDS)('A %s that a failed creation of a stack created is deleted', async (kind) => {
    expect(await deploy(kind, 'data', { FAILING })).toMatchObject({ status: 'ROLLBACK_COMPLETE' });
    expect(await existing(kind)).toEqual([]);
  });
});
