import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import {
  type LockChange,
  lockGranted,
  lockLeft,
  LOCK_WAITING_MAX,
  lockQueued,
  lockReleased,
  lockReplaced,
  type LockState,
  lockTaken,
} from '../../lib/contract/index.js';
import { createDynamodb, type Dynamodb } from '../../lib/local/dynamodb/create-dynamodb.js';
import { startServer } from '../../lib/local/server/start-server.js';
import { changeLock, type LockTable, readLock } from '../../lib/run-store/lock.js';
import { createActiveTable } from '../local/dynamodb/create-active-table.js';
import { openTestPlaceContext, type TestPlaceContext } from '../local/test-place-context.js';
import { sdkClient } from '../soak/simulated/sdk-client.js';
import { LockItems } from '../soak/simulated/lock-items.js';

const NOW = new Date('2026-03-01T10:00:00.000Z');
const START = NOW.getTime() / 1_000;

let context: TestPlaceContext;
let dynamodb: Dynamodb;
let server: Awaited<ReturnType<typeof startServer>>;
let client: DynamoDBClient;

beforeAll(async () => {
  context = await openTestPlaceContext();
  dynamodb = await createDynamodb(context);
  server = await startServer({ context, services: [dynamodb.service], port: 0 });
  const { region, credentials } = context;
  client = new DynamoDBClient({ endpoint: `http://127.0.0.1:${server.port}`, region, credentials });
  await createActiveTable(client, 'locks', 'lock');
});
afterAll(async () => {
  client.destroy();
  await server.close();
  await dynamodb.close();
  await context.dispose();
});

/**
 * Returns a table in the local DynamoDB and a table of the simulated account. Both must behave in the same way.
 */
function tables(): LockTable[] {
  const operations = new LockItems().operations;
  const simulated = sdkClient(DynamoDBClient, {
    service: 'dynamodb',
    operations,
    network: { call: (_call: unknown, work: () => unknown) => work() } as never,
    time: {} as never,
    random: () => 0,
    caller: { isGone: () => false },
  });
  return [
    { dynamodb: client, lockTable: 'locks' },
    { dynamodb: simulated, lockTable: 'locks' },
  ];
}

type Step = (state: LockState) => LockChange | undefined;
const take =
  (runId: string): Step =>
  () =>
    lockTaken({ runId, now: NOW });
const queue =
  (runId: string): Step =>
  () =>
    lockQueued({ runId });
const replace =
  (runId: string): Step =>
  () =>
    lockReplaced({ runId });
const grant =
  (runId: string): Step =>
  () =>
    lockGranted({ runId, now: NOW });
const release =
  (runId: string, fence?: number): Step =>
  (state) =>
    lockReleased({ runId, now: NOW, fence: fence ?? state.fence });
const leave =
  (list: 'waiting' | 'replaced', runId: string): Step =>
  (state) =>
    lockLeft(state, list, runId);

let count = 0;

/** Makes the same changes in both tables. @returns whether each change was accepted, and the final lock */
async function changed(...steps: Step[]): Promise<{ made: boolean[]; lock: Partial<LockState> }> {
  count += 1;
  const name = `lock-${count}`;
  const [real, simulated] = await Promise.all(
    tables().map(async (table) => {
      const made: boolean[] = [];
      for (const step of steps) {
        const change = step(await readLock(name, table));
        made.push(change !== undefined && (await changeLock(name, change, table)) !== undefined);
      }
      const { lock: _lock, ...lock } = await readLock(name, table);
      return { made, lock };
    }),
  );
  expect(simulated).toEqual(real);
  return real as { made: boolean[]; lock: Partial<LockState> };
}

const holder = (runId: string) => ({ runId, grantedAt: NOW.toISOString() });

describe('Changes of a lock in the local DynamoDB', () => {
  it('A free lock is taken once, with the time as the first number', async () => {
    const { made, lock } = await changed(take('a'), take('b'), take('a'));
    expect(made).toEqual([true, false, false]);
    expect(lock).toEqual({ fence: START + 1, holder: holder('a'), waiting: [], replaced: [] });
  });

  it('Runs queue once each, in order, and not while they hold the lock', async () => {
    const { made, lock } = await changed(take('a'), queue('a'), queue('b'), queue('c'), queue('b'));
    expect(made).toEqual([true, false, true, true, false]);
    expect(lock.waiting).toEqual(['b', 'c']);
  });

  it('A released lock goes to the first of the queue only, with the next number', async () => {
    const steps = [
      take('a'),
      queue('b'),
      queue('c'),
      grant('b'),
      release('b'),
      release('a', 1),
      release('a'),
    ];
    const { made, lock } = await changed(...steps, take('d'), grant('c'), grant('b'));
    expect(made).toEqual([true, true, true, false, false, false, true, false, false, true]);
    expect(lock).toEqual({ fence: START + 2, holder: holder('b'), waiting: ['c'], replaced: [] });
  });

  it('A run that replaces others is the only one that waits, and replaced runs neither take the lock nor queue', async () => {
    const steps = [take('a'), queue('b'), queue('c'), replace('d'), release('a'), grant('d'), release('d')];
    const { made, lock } = await changed(...steps, take('b'), queue('c'), replace('b'));
    expect(made).toEqual([true, true, true, true, true, true, true, false, false, false]);
    expect(lock).toEqual({ fence: START + 2, waiting: [], replaced: ['b', 'c'] });
  });

  it('A run can be removed from any place of a list, and only from a list that has it', async () => {
    const { made, lock } = await changed(
      ...[take('a'), queue('b'), queue('c'), queue('d')],
      ...[leave('waiting', 'c'), leave('waiting', 'c'), leave('replaced', 'b')],
    );
    expect(made).toEqual([true, true, true, true, true, false, false]);
    expect(lock.waiting).toEqual(['b', 'd']);
  });

  it('A change that names the place of a run in a list fails if the run has another place now', async () => {
    const [table] = tables();
    if (table === undefined) throw new Error('no table');
    for (const step of [take('a'), queue('b'), queue('c')]) {
      const change = step(await readLock('places', table));
      if (change !== undefined) await changeLock('places', change, table);
    }
    const before = await readLock('places', table);
    const [first, second] = ['b', 'c'].map((runId) => lockLeft(before, 'waiting', runId));
    expect(await changeLock('places', first as LockChange, table)).toMatchObject({ waiting: ['c'] });
    expect(await changeLock('places', second as LockChange, table)).toBeUndefined();
  });

  it('At the limit of the queue, an item has room for ids of 80 characters', async () => {
    const waiting = Array.from({ length: LOCK_WAITING_MAX }, (_, index) => String(index).padStart(80, 'r'));
    const { made, lock } = await changed(
      take('a'),
      () => ({
        UpdateExpression: 'SET #waiting = :waiting',
        ConditionExpression: '#holder.#runId = :runId',
        ExpressionAttributeNames: { '#waiting': 'waiting', '#holder': 'holder', '#runId': 'runId' },
        values: { ':waiting': waiting, ':runId': 'a' },
      }),
      queue('late'),
      leave('waiting', waiting[7] ?? ''),
      queue('late'),
    );
    expect(made).toEqual([true, true, false, true, true]);
    expect(lock.waiting?.at(-1)).toBe('late');
  });
});
