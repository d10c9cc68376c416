import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';

import { KeyedLock } from '../../../lib/local/durable/keyed-lock.js';
import { LevelDatabase } from '../../../lib/local/durable/level/level-database.js';
import { openDynaliteEngine, type DynaliteEngine } from '../../../lib/local/dynamodb/dynalite-engine.js';
import { returnItemOfFailedCondition } from '../../../lib/local/dynamodb/failed-condition.js';
import { updateIndexes } from '../../../lib/local/dynamodb/index-updates.js';
import { timeToLive } from '../../../lib/local/dynamodb/time-to-live.js';
import { AwsError } from '../../../lib/local/wire/aws-error.js';
import { serviceOperations } from '../../../lib/local/wire/operation.js';
import { aHeldStore, type HeldStore } from '../held-store.js';
import { openTestPlaceContext, type TestPlaceContext } from '../test-place-context.js';

let store: HeldStore;
let context: TestPlaceContext;
beforeEach(async () => {
  store = aHeldStore();
  context = await openTestPlaceContext({ store });
});
afterEach(() => context.dispose());

describe('Time to live of a table that is deleted', () => {
  const input = { TableName: 'runs' };
  const setting = { ...input, TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true } };
  /** Opens the operations with one table, which `statuses` contains. */
  function open(statuses = new Map([['runs', 'ACTIVE']])) {
    const engine: Pick<DynaliteEngine, 'call' | 'deleteTable'> = {
      call: async () => {
        const TableStatus = statuses.get('runs');
        if (TableStatus === undefined) throw new AwsError('ResourceNotFoundException', 'not found');
        return { Table: { TableStatus } };
      },
      deleteTable: async () => ({ deleted: statuses.delete('runs') }),
    };
    return serviceOperations(
      'ValidationException',
      timeToLive(engine as DynaliteEngine, context, new KeyedLock()),
    );
  }
  const stored = () => store.keysIn('dynamodb-time-to-live');

  it('`DeleteTable` during `UpdateTimeToLive` leaves no time to live for a later table', async () => {
    const { UpdateTimeToLive, DeleteTable } = open();
    await store.duringWrite(
      'dynamodb-time-to-live',
      () => UpdateTimeToLive(setting),
      () => DeleteTable(input),
    );
    expect(await stored()).toEqual([]);
  });

  it('`UpdateTimeToLive` of a table that is being deleted is refused', async () => {
    const { UpdateTimeToLive } = open(new Map([['runs', 'DELETING']]));
    await expect(UpdateTimeToLive(setting)).rejects.toMatchObject({ code: 'ResourceInUseException' });
    expect(await stored()).toEqual([]);
  });
});

describe('A table of the engine', () => {
  const TableName = 'runs';
  const definitions = ['id', 'day'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' as const }));
  const byDay = {
    IndexName: 'byDay',
    KeySchema: [{ AttributeName: 'day', KeyType: 'HASH' as const }],
    Projection: { ProjectionType: 'ALL' as const },
  };
  const create = { AttributeDefinitions: definitions, GlobalSecondaryIndexUpdates: [{ Create: byDay }] };
  const remove = { GlobalSecondaryIndexUpdates: [{ Delete: { IndexName: 'byDay' } }] };
  const item = (id: string, day = 'monday') => ({ id: { S: id }, day: { S: day } });

  let engine: DynaliteEngine;
  const open = async () => void (engine = await openDynaliteEngine(join(context.dataFolder, 'db'), context));
  beforeEach(open);
  afterEach(() => engine.close());

  async function createTable(): Promise<void> {
    await engine.call('CreateTable', {
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      AttributeDefinitions: definitions,
      GlobalSecondaryIndexes: [byDay],
    });
    await until('ACTIVE');
  }
  async function until(status: string | undefined): Promise<void> {
    const described = engine.call('DescribeTable', { TableName }).catch(() => ({ Table: {} }));
    const { TableStatus } = (await described).Table as { TableStatus?: string };
    if (TableStatus !== status) await until(status);
  }
  const put = (Item: object) => engine.call('PutItem', { TableName, Item });
  const onMonday = async () => {
    const { Items } = await engine.call('Query', {
      TableName,
      IndexName: 'byDay',
      KeyConditionExpression: '#day = :day',
      ExpressionAttributeNames: { '#day': 'day' },
      ExpressionAttributeValues: { ':day': { S: 'monday' } },
    });
    return Items;
  };
  const restart = async () => {
    await engine.close();
    await open();
  };

  it('The error of a failed condition has the item that was checked, also if it is deleted since', async () => {
    await createTable();
    await put(item('a'));
    const write = { TableName, Item: item('a', 'friday'), ConditionExpression: 'attribute_not_exists(id)' };
    const refusal = (more: object) =>
      returnItemOfFailedCondition(more, async () => {
        try {
          await engine.call('PutItem', write);
        } finally {
          await engine.call('DeleteItem', { TableName, Key: { id: { S: 'a' } } });
        }
      });
    await expect(refusal({ ReturnValuesOnConditionCheckFailure: 'ALL_OLD' })).rejects.toMatchObject({
      code: 'ConditionalCheckFailedException',
      members: { Item: item('a') },
    });
    await put(item('a'));
    await expect(refusal({})).rejects.toMatchObject({ members: {} });
  });

  it.each([
    ['a kill', restart],
    ['a failure', async () => {}],
  ])('An index has no entries of a deleted index whose deletion ended with %s', async (_what, then) => {
    await createTable();
    await put(item('a'));
    const failing = { ...engine, deleteEntries: () => Promise.reject(new Error('killed')) };
    await expect(updateIndexes(failing, { TableName, ...remove })).rejects.toThrow('killed');
    await then();
    await engine.call('DeleteItem', { TableName, Key: { id: { S: 'a' } } });
    await put(item('b'));
    await updateIndexes(engine, { TableName, ...create });
    expect(await onMonday()).toEqual([item('b')]);
  });

  it('An index of a new table has no entries of an index whose deletion ended with a kill', async () => {
    await createTable();
    await put(item('a'));
    const failing = { ...engine, deleteEntries: () => Promise.reject(new Error('killed')) };
    await expect(updateIndexes(failing, { TableName, ...remove })).rejects.toThrow('killed');
    await restart();
    await engine.deleteTable(TableName);
    await until(undefined);
    await createTable();
    expect(await onMonday()).toEqual([]);
  });

  it('Entries of indexes that exist are kept by a restart', async () => {
    await createTable();
    await put(item('a'));
    await restart();
    expect(await onMonday()).toEqual([item('a')]);
  });

  it('An item that is written while its table is deleted is not in a later table', async () => {
    await createTable();
    let release = () => {};
    const released = new Promise<void>((resolve) => (release = resolve));
    let arrive = () => {};
    const arrived = new Promise<void>((resolve) => (arrive = resolve));
    const write = LevelDatabase.prototype.write;
    jest.spyOn(LevelDatabase.prototype, 'write').mockImplementation(async function (
      this: LevelDatabase,
      changes,
    ) {
      const isItem = changes.some((change) => 'put' in change && change.put.startsWith('item-runs~'));
      if (isItem) {
        arrive();
        await released;
      }
      return write.call(this, changes);
    });
    const writing = put(item('a'));
    await arrived;
    const deletion = engine.deleteTable(TableName).finally(release);
    // The deletion waits for the write. Lets it delete the items first, if it does not wait.
    await until('DELETING');
    for (let turn = 0; turn < 100; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    release();
    await Promise.all([writing, deletion]);
    await until(undefined);
    await createTable();
    expect(await engine.call('Scan', { TableName })).toMatchObject({ Items: [] });
  });
});
