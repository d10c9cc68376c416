import { setTimeout as sleep } from 'node:timers/promises';

import { afterEach, describe, expect, it, jest } from '@jest/globals';

import type { StoredFunction } from '../../../lib/local/lambda/stored-function.js';
import { type PoolWorker, WorkerPool } from '../../../lib/local/lambda/worker-pool.js';

interface StandIn extends PoolWorker {
  readonly number: number;
}

const GROW_AFTER_MS = 50;
const NEVER_MS = 60_000;
let pools: WorkerPool<StandIn>[] = [];

function openPool(growAfterMs: number, workersInAll = 10, ready: Promise<void> = Promise.resolve()) {
  const started: string[] = [];
  const pool = new WorkerPool<StandIn>({
    start: ({ name }) => {
      let end: () => void;
      const ended = new Promise<void>((resolve) => (end = resolve));
      started.push(name);
      return { number: started.length, ready, ended, stop: () => Promise.resolve(end()) };
    },
    workersPerFunction: 2,
    workersInAll,
    idleMs: NEVER_MS,
    growAfterMs,
  });
  pools.push(pool);
  return { pool, started };
}

const functionCalled = (name: string) => ({ name, revision: '1' }) as StoredFunction;

afterEach(async () => {
  await Promise.all(pools.map((pool) => pool.close()));
  pools = [];
});

describe('The pool of worker processes', () => {
  it('A burst of quick invocations shares the one worker that its function has', async () => {
    const { pool, started } = openPool(NEVER_MS);
    const done = Array.from({ length: 20 }, async () => {
      const worker = await pool.acquire(functionCalled('wake-run'));
      await sleep(1);
      pool.release(worker);
      return worker.number;
    });
    expect(new Set(await Promise.all(done))).toEqual(new Set([1]));
    expect(started).toEqual(['wake-run']);
  });

  it('An invocation that has waited for a busy worker gets another one', async () => {
    const { pool, started } = openPool(GROW_AFTER_MS);
    await pool.acquire(functionCalled('start-run'));
    await expect(pool.acquire(functionCalled('start-run'))).resolves.toMatchObject({ number: 2 });
    expect(started).toEqual(['start-run', 'start-run']);
  });

  it('No other worker starts while one of the same function starts, however long that takes', async () => {
    let loaded = (): void => undefined;
    const { pool, started } = openPool(GROW_AFTER_MS, 10, new Promise((resolve) => (loaded = resolve)));
    await pool.acquire(functionCalled('start-run'));
    const second = pool.acquire(functionCalled('start-run'));
    await sleep(4 * GROW_AFTER_MS);
    expect(started).toEqual(['start-run']);
    loaded();
    await expect(second).resolves.toMatchObject({ number: 2 });
  });

  it('An invocation waits as long as the start of its function’s last worker took, if that is longer', async () => {
    const now = jest.spyOn(performance, 'now').mockReturnValueOnce(0).mockReturnValueOnce(NEVER_MS);
    const { pool, started } = openPool(1);
    const first = await pool.acquire(functionCalled('start-run'));
    await new Promise(setImmediate);
    now.mockRestore();
    const second = pool.acquire(functionCalled('start-run'));
    await sleep(GROW_AFTER_MS);
    expect(started).toEqual(['start-run']);
    pool.release(first);
    await expect(second).resolves.toMatchObject({ number: 1 });
  });

  it('The first invocation of each function starts a worker at once, also beyond the limit of all', async () => {
    const { pool, started } = openPool(NEVER_MS, 1);
    await pool.acquire(functionCalled('poll-build'));
    await pool.acquire(functionCalled('wake-run'));
    expect(started).toEqual(['poll-build', 'wake-run']);
  });

  it('An invocation whose caller waits gets a worker before the events that wait already', async () => {
    const { pool } = openPool(NEVER_MS);
    const busy = await pool.acquire(functionCalled('wake-run'));
    const order: string[] = [];
    const next = (name: string, place: 'first' | 'last') =>
      pool.acquire(functionCalled('wake-run'), place).then((worker) => {
        order.push(name);
        pool.release(worker);
      });
    const waiting = [next('event 1', 'last'), next('event 2', 'last'), next('caller', 'first')];
    pool.release(busy);
    await Promise.all(waiting);
    expect(order).toEqual(['caller', 'event 1', 'event 2']);
  });
});
