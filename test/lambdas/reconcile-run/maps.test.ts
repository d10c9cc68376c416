import {
  BatchGetItemCommand,
  type BatchGetItemCommandInput,
  ConditionalCheckFailedException,
  GetItemCommand,
  type GetItemCommandInput,
  QueryCommand,
  type QueryCommandInput,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import {
  DescribeExecutionCommand,
  ExecutionDoesNotExist,
  type ExecutionStatus,
  StopExecutionCommand,
  type StopExecutionCommandInput,
} from '@aws-sdk/client-sfn';
import { type NativeAttributeValue, marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { beforeEach, describe, expect, it } from '@jest/globals';

import {
  contentDigest,
  executionArnOf,
  mapDescriptionKey,
  mapRecordKey,
  OPEN_MAPS,
  openMapEntry,
  parseMapStateChange,
  progressKey,
} from '../../../lib/contract/index.js';
import { aRunRecord } from '../../contract/builders.js';
import {
  changeOf,
  dynamodb,
  events,
  executionIs,
  MACHINE,
  MAP_MACHINE,
  NOW,
  reconcile,
  resetAccount,
  s3,
  sfn,
  warnings,
} from './mocked-account.js';

const MAP = 'map-1';
const TOTAL = 6;
const STOPPED_AT = '2026-03-01T10:30:00.000Z';
type Item = Record<string, NativeAttributeValue>;

/** The items of the run table. Sets are sets. */
const items = new Map<string, Item>();

/** Applies the updates of maps and of their records. */
function update({ Key, UpdateExpression = '', ConditionExpression, ...names }: UpdateItemCommandInput): void {
  const key = String(unmarshall(Key ?? {})['runId']);
  const item: Item = { ...(items.get(key) ?? { runId: key }) };
  const values = unmarshall(names.ExpressionAttributeValues ?? {});
  const attribute = (name: string) => names.ExpressionAttributeNames?.[name] ?? '';
  const isRunning = item['status'] === 'RUNNING';
  const needsRunning = ConditionExpression === '#status = :running';
  if (ConditionExpression !== undefined && isRunning !== needsRunning) {
    throw new ConditionalCheckFailedException({ $metadata: {}, message: 'no' });
  }
  for (const [, action, name = '', operand = ''] of UpdateExpression.matchAll(
    /(ADD|DELETE) (#\w+) (:\w+)/g,
  )) {
    const set = new Set(item[attribute(name)] as Set<number>);
    for (const index of values[operand] as Set<number>) set[action === 'ADD' ? 'add' : 'delete'](index);
    item[attribute(name)] = set;
  }
  for (const [, name = '', operand = ''] of UpdateExpression.matchAll(/(#\w+) = (:\w+)/g))
    item[attribute(name)] = values[operand];
  for (const name of UpdateExpression.split('REMOVE ')[1]?.split(', ') ?? []) delete item[attribute(name)];
  items.set(key, item);
}

const marshalled = (item: Item) => {
  const filled = Object.entries(item).filter(([, value]) => !(value instanceof Set && value.size === 0));
  return marshall(Object.fromEntries(filled), { removeUndefinedValues: true });
};

const read = (key: GetItemCommandInput['Key']) => items.get(String(unmarshall(key ?? {})['runId']));

const record = {
  mapId: MAP,
  status: 'RUNNING',
  seedkit: 'demo',
  kind: 'commands',
  target: 'true',
  executionArn: executionArnOf(MAP_MACHINE, MAP),
  total: TOTAL,
  concurrency: 4,
  onError: 'continue',
  queuedAt: '2026-03-01T10:00:00.000Z',
  day: 'map:2026-03-01',
  expiresAt: 2_000_000_000,
};

function mapIs(overrides: Item = {}, indexes: Record<string, readonly number[]> = {}): void {
  items.set(mapRecordKey(MAP), {
    runId: mapRecordKey(MAP),
    ...record,
    ...openMapEntry(record),
    ...overrides,
  });
  const sets = Object.entries(indexes).map(([name, list]) => [name, new Set(list)] as const);
  items.set(progressKey(MAP, 0), { runId: progressKey(MAP, 0), ...Object.fromEntries(sets) });
}

const description = Buffer.from(
  JSON.stringify({
    version: 1,
    mapId: MAP,
    seedkit: 'demo',
    invocation: { kind: 'commands', target: ['true'] },
    build: {},
    total: TOTAL,
    ranges: [[0, TOTAL - 1]],
    concurrency: 4,
    onError: 'continue',
  }),
);

const request = {
  version: 1,
  mapId: MAP,
  seedkit: 'demo',
  description: { key: mapDescriptionKey(MAP), ...contentDigest(description) },
  sealKey: 'ab'.repeat(32),
};

function mapExecutionIs(status: ExecutionStatus): void {
  sfn.on(DescribeExecutionCommand, { executionArn: executionArnOf(MAP_MACHINE, MAP) }).resolves({
    status,
    input: JSON.stringify(request),
    stopDate: new Date(STOPPED_AT),
  });
}

const stoppedRuns = () =>
  sfn
    .commandCalls(StopExecutionCommand)
    .map((call) => call.args[0].input.executionArn?.split(':').at(-1))
    .toSorted();
const announcedMaps = () =>
  events
    .commandCalls(PutEventsCommand)
    .flatMap((call) => call.args[0].input.Entries ?? [])
    .map(({ Detail = '' }) => parseMapStateChange(JSON.parse(Detail)));
const recorded = () => items.get(mapRecordKey(MAP));
const change = () => ({
  ...changeOf(MAP, MAP_MACHINE),
  detail: { ...changeOf(MAP, MAP_MACHINE).detail, executionArn: executionArnOf(MAP_MACHINE, MAP) },
});
const sweep = () => reconcile({ 'detail-type': 'Scheduled Event', detail: {} });

beforeEach(() => {
  resetAccount();
  items.clear();
  dynamodb.on(UpdateItemCommand).callsFake(async (input: UpdateItemCommandInput) => {
    update(input);
    return {};
  });
  dynamodb.on(GetItemCommand).callsFake(async ({ Key }: GetItemCommandInput) => {
    const item = read(Key);
    return item === undefined ? {} : { Item: marshalled(item) };
  });
  dynamodb.on(BatchGetItemCommand).callsFake(async ({ RequestItems }: BatchGetItemCommandInput) => ({
    Responses: {
      runs: (RequestItems?.['runs']?.Keys ?? []).flatMap((key) => read(key) ?? []).map(marshalled),
    },
  }));
  dynamodb.on(QueryCommand).callsFake(async ({ ExpressionAttributeValues }: QueryCommandInput) => {
    const wanted = unmarshall(ExpressionAttributeValues ?? {})[':facet'];
    return {
      Items: [...items.values()]
        .filter(({ facet }) => wanted === OPEN_MAPS && facet === wanted)
        .map(marshalled),
    };
  });
  s3.on(GetObjectCommand, { Key: mapDescriptionKey(MAP) }).callsFake(async () => ({
    ContentLength: description.length,
    Body: { transformToByteArray: async () => description },
  }));
  sfn.on(StopExecutionCommand).resolves({});
});

describe('a map whose execution was stopped', () => {
  beforeEach(() => mapExecutionIs('ABORTED'));

  it('A run with the id of a run of a map, which others started, is neither stopped nor counted as succeeded', async () => {
    mapIs({}, { started: [0, 1] });
    items.set('map-1-0', aRunRecord({ runId: 'map-1-0', status: 'SUCCEEDED' }));
    items.set('map-1-1', aRunRecord({ runId: 'map-1-1', status: 'BUILDING', mapId: 'map-2' }));
    await reconcile(change());

    expect(stoppedRuns()).toEqual([]);
    expect(recorded()).toMatchObject({ succeeded: 0, failed: 2 });
  });

  it('The runs of a stopped map are stopped and counted, and the map is recorded as canceled and announced', async () => {
    mapIs({}, { started: [0, 1, 2, 3], succeeded: [0], failed: [1] });
    items.set('map-1-2', aRunRecord({ runId: 'map-1-2', mapId: MAP, status: 'BUILDING' }));
    for (const runId of ['map-1-2', 'map-1-3']) executionIs({ status: 'ABORTED' }, runId);
    expect(await reconcile(change())).toEqual({ examined: 1, ended: [MAP], left: 0 });

    expect(stoppedRuns()).toEqual(['map-1-2', 'map-1-3']);
    expect(recorded()).toMatchObject({
      status: 'CANCELED',
      succeeded: 1,
      failed: 3,
      finishedAt: STOPPED_AT,
      announcedAt: NOW.toISOString(),
    });
    expect(recorded()).not.toHaveProperty('facet');
    expect(announcedMaps()).toMatchObject([{ mapId: MAP, status: 'CANCELED', succeeded: 1, failed: 3 }]);
    expect(announcedMaps()[0]).not.toHaveProperty('announcedAt');
  });

  it('A run that succeeded before its map was stopped is counted as a success, and a run that never started is not counted', async () => {
    mapIs({}, { started: [0, 1, 2] });
    items.set('map-1-0', aRunRecord({ runId: 'map-1-0', mapId: MAP, status: 'SUCCEEDED' }));
    executionIs({ status: 'SUCCEEDED', output: '{}' }, 'map-1-1');
    sfn.on(StopExecutionCommand).callsFake(async ({ executionArn }: StopExecutionCommandInput) => {
      if (executionArn === executionArnOf(MACHINE, 'map-1-2'))
        throw new ExecutionDoesNotExist({ $metadata: {}, message: 'none' });
      return {};
    });
    await reconcile(change());

    expect(stoppedRuns()).toEqual(['map-1-1', 'map-1-2']);
    expect(recorded()).toMatchObject({ status: 'CANCELED', succeeded: 2, failed: 0 });
    expect(items.get(progressKey(MAP, 0))?.['started']).toEqual(new Set([0, 1]));
  });

  it('A map all of whose runs have succeeded is recorded as succeeded even if its execution was stopped', async () => {
    mapIs({}, { started: [0, 1, 2, 3, 4, 5], succeeded: [0, 1, 2, 3, 4, 5] });
    await reconcile(change());

    expect(recorded()).toMatchObject({ status: 'SUCCEEDED', succeeded: TOTAL, failed: 0 });
  });

  it('A map whose description has expired is ended all the same', async () => {
    mapIs({}, { started: [0], succeeded: [0] });
    const missing = Object.assign(new Error('no such key'), { name: 'NoSuchKey' });
    s3.on(GetObjectCommand, { Key: mapDescriptionKey(MAP) }).rejects(missing);
    await reconcile(change());

    expect(recorded()).toMatchObject({ status: 'CANCELED', succeeded: 1, failed: 0 });
  });

  it('The sweep ends a stopped map whose event was lost, and does nothing more after that', async () => {
    mapIs({}, { started: [0], failed: [0] });
    expect((await sweep()).ended).toEqual([MAP]);
    expect((await sweep()).ended).toEqual([]);
    await reconcile(change());

    expect(announcedMaps()).toHaveLength(1);
  });

  it('If a run cannot be stopped, the map is left to the next sweep, which stops only that run', async () => {
    mapIs({}, { started: [0, 1] });
    for (const runId of ['map-1-0', 'map-1-1']) executionIs({ status: 'ABORTED' }, runId);
    let isThrottled = true;
    sfn.on(StopExecutionCommand).callsFake(async ({ executionArn }: StopExecutionCommandInput) => {
      if (!isThrottled || executionArn !== executionArnOf(MACHINE, 'map-1-1')) return {};
      throw Object.assign(new Error('slow down'), { name: 'ThrottlingException' });
    });
    expect((await sweep()).ended).toEqual([]);
    expect(warnings).toHaveLength(1);
    expect(recorded()).toMatchObject({ status: 'RUNNING' });

    isThrottled = false;
    sfn.resetHistory();
    expect((await sweep()).ended).toEqual([MAP]);
    expect(stoppedRuns()).toEqual(['map-1-1']);
    expect(recorded()).toMatchObject({ status: 'CANCELED', failed: 2 });
  });
});

describe('other maps', () => {
  it.each(['TIMED_OUT', 'FAILED'] as const)(
    'A map whose execution ended as %s without recording it is recorded as failed',
    async (status) => {
      mapExecutionIs(status);
      mapIs({}, { started: [0], succeeded: [0] });
      await reconcile(change());

      expect(announcedMaps()).toMatchObject([{ status: 'FAILED', succeeded: 1 }]);
    },
  );

  it('A map that is running is left alone', async () => {
    mapExecutionIs('RUNNING');
    mapIs({}, { started: [0] });
    expect((await sweep()).ended).toEqual([]);

    expect(recorded()).toMatchObject({ status: 'RUNNING' });
    expect(stoppedRuns()).toEqual([]);
  });

  it.each([
    ['announces an end', '2026-03-01T10:57:59.000Z', 1],
    ['leaves it to the machine to announce an end', '2026-03-01T10:58:01.000Z', 0],
  ])('The sweep %s of a map recorded at %s', async (_, finishedAt, count) => {
    mapIs({ status: 'FAILED', succeeded: 0, failed: 1, finishedAt });
    await sweep();

    expect(announcedMaps()).toHaveLength(count);
  });

  it('An execution that ended before the map was recorded is ignored: nothing has started, and nothing was announced', async () => {
    mapExecutionIs('ABORTED');
    expect(await reconcile(change())).toEqual({ examined: 1, ended: [], left: 0 });

    expect(announcedMaps()).toEqual([]);
    expect(items.size).toBe(0);
  });
});
