import { Readable } from 'node:stream';

import { BatchGetItemCommand, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { DescribeExecutionCommand, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { marshall } from '@aws-sdk/util-dynamodb';

import {
  contentDigest,
  type MapDescription,
  mapDescriptionKey,
  mapInputsKey,
  type MapRecord,
  mapRecordKey,
  progressKey,
  runIdOfInput,
  type RunRecord,
  sealInput,
} from '../../../lib/contract/index.js';
import {
  aRecord,
  bucket,
  dynamoDb,
  mockStack,
  OUTPUTS,
  resetAccount,
  s3,
  states,
} from '../mocked-account.js';

export const MAP_ID = 'map-1';
export const MAP_MACHINE = 'arn:aws:states:eu-west-1:000000000000:stateMachine:codeseeder-demo_maps';
export const SEAL_KEY = 'ab'.repeat(32);
const RUN_TABLE = 'codeseeder-demo-runs';

/** A map in the mocked account. A test changes it to simulate progress. */
export interface MockedMap {
  name?: string;
  status: MapRecord['status'];
  /** Status of the execution of the map. */
  execution: 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'ABORTED';
  readonly started: Set<number>;
  readonly succeeded: Set<number>;
  readonly failed: Set<number>;
  readonly reasons: Map<number, string>;
  /** Records of the runs, by the index of their input. */
  readonly records: Map<number, RunRecord>;
  /** Names of the stopped executions, in the order in which they were stopped. */
  readonly stopped: string[];
}

/** Mocks the seedkit `demo` with a map of `total` inputs, none of which has started. */
export function mockMap(total: number, overrides: Partial<MapDescription> = {}): MockedMap {
  resetAccount();
  mockStack('CREATE_COMPLETE', { ...OUTPUTS, MapMachineArn: MAP_MACHINE });
  const map: MockedMap = {
    status: 'RUNNING',
    execution: 'RUNNING',
    started: new Set(),
    succeeded: new Set(),
    failed: new Set(),
    reasons: new Map(),
    records: new Map(),
    stopped: [],
  };
  const description = describe(total, overrides);
  const content = Buffer.from(JSON.stringify(description));
  bucket.set(mapDescriptionKey(MAP_ID), content);
  bucket.set(mapInputsKey(MAP_ID), inputsOf(total));
  mockTable(map, description);
  mockExecutions(map, content);
  s3.on(GetObjectCommand).callsFake(async ({ Key }: { Key: string }) => {
    const found = bucket.get(Key);
    if (found === undefined) throw Object.assign(new Error('no such key'), { name: 'NoSuchKey' });
    const body = Object.assign(Readable.from([found]), { transformToByteArray: async () => found });
    return { ContentLength: found.length, Body: body };
  });
  return map;
}

/** Ends the run of an input, and counts it in the progress of the map. */
export function endRun(map: MockedMap, index: number, record: Partial<RunRecord>): void {
  const runId = runIdOfInput(MAP_ID, index);
  map.started.add(index);
  map[record.status === 'SUCCEEDED' ? 'succeeded' : 'failed'].add(index);
  map.records.set(index, aRecord({ kind: 'commands', runId, mapId: MAP_ID, mapIndex: index, ...record }));
}

function describe(total: number, overrides: Partial<MapDescription>): MapDescription {
  return {
    version: 1,
    mapId: MAP_ID,
    seedkit: 'demo',
    invocation: { kind: 'commands', target: ['true'] },
    build: {},
    total,
    ranges: [[0, total - 1]],
    concurrency: 10,
    onError: 'continue',
    ...overrides,
  };
}

function inputsOf(total: number): Buffer {
  const sealing = { mapId: MAP_ID, sealKey: SEAL_KEY };
  const lines = Array.from({ length: total }, (_, index) =>
    JSON.stringify(sealInput(index, JSON.stringify([`input ${index}`]), sealing)),
  );
  return Buffer.from(lines.join('\n'));
}

function mockTable(map: MockedMap, { total, concurrency, onError }: MapDescription): void {
  const queuedAt = new Date().toISOString();
  const record = (): MapRecord => ({
    mapId: MAP_ID,
    ...(map.name !== undefined && { name: map.name }),
    status: map.status,
    seedkit: 'demo',
    kind: 'commands',
    target: 'true',
    executionArn: `${MAP_MACHINE.replace(':stateMachine:', ':execution:')}:${MAP_ID}`,
    total,
    concurrency,
    onError,
    queuedAt,
    day: `map:${queuedAt.slice(0, 10)}`,
    expiresAt: Math.floor(Date.now() / 1_000) + 3_600,
  });
  const itemOf = (key: string): Record<string, unknown> | undefined => {
    if (key === mapRecordKey(MAP_ID)) return { runId: key, ...record() };
    if (key === progressKey(MAP_ID, 0)) return { runId: key, ...progressOf(map) };
    return [...map.records.values()].find(({ runId }) => runId === key);
  };
  const marshalled = (key: string) => {
    const item = itemOf(key);
    return item && marshall(item, { removeUndefinedValues: true });
  };
  dynamoDb.on(GetItemCommand).callsFake(async ({ Key }: { Key: { runId: { S: string } } }) => ({
    Item: marshalled(Key.runId.S),
  }));
  dynamoDb
    .on(BatchGetItemCommand)
    .callsFake(
      async ({ RequestItems }: { RequestItems: Record<string, { Keys: { runId: { S: string } }[] }> }) => {
        const keys = RequestItems[RUN_TABLE]?.Keys ?? [];
        const found = keys.map(({ runId }) => marshalled(runId.S)).filter((item) => item !== undefined);
        return { Responses: { [RUN_TABLE]: found } };
      },
    );
}

/** Returns the attributes of the progress item. DynamoDB cannot store empty sets, so they are left out. */
function progressOf({ started, succeeded, failed, reasons }: MockedMap): Record<string, unknown> {
  const sets = Object.entries({ started, succeeded, failed }).filter(([, { size }]) => size > 0);
  const texts = [...reasons].map(([index, reason]) => [`reason${index}`, reason]);
  return Object.fromEntries([...sets, ...texts]);
}

function mockExecutions(map: MockedMap, content: Buffer): void {
  const request = {
    version: 1,
    mapId: MAP_ID,
    seedkit: 'demo',
    description: { key: mapDescriptionKey(MAP_ID), ...contentDigest(content) },
    sealKey: SEAL_KEY,
  };
  states.on(DescribeExecutionCommand).callsFake(async ({ executionArn }: { executionArn: string }) => {
    if (executionArn.endsWith(`:codeseeder-demo_maps:${MAP_ID}`))
      return { executionArn, status: map.execution, input: JSON.stringify(request), startDate: new Date() };
    throw Object.assign(new Error('no such execution'), { name: 'ExecutionDoesNotExist' });
  });
  states.on(StopExecutionCommand).callsFake(async ({ executionArn }: { executionArn: string }) => {
    map.stopped.push(executionArn.split(':').at(-1) ?? '');
    return {};
  });
}
