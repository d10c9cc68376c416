import { setTimeout as sleep } from 'node:timers/promises';

import { afterEach, describe, expect, it } from '@jest/globals';

import type { StoredFunction } from '../../../lib/local/lambda/stored-function.js';
import { type PoolWorker, WorkerPool } from '../../../lib/local/lambda/worker-pool.js';

const GROW_AFTER_MS = 20;

interface StandIn extends PoolWorker {
  readonly name: string;
}

let pool: WorkerPool<StandIn>;
let events: string[] = [];

function openPool(workersInAll: number): void {
  events = [];
  pool = new WorkerPool<StandIn>({
    start({ name }) {
      events.push(`start ${name}`);
      let end: () => void;
      const ended = new Promise<void>((resolve) => (end = resolve));
      const stop = async (): Promise<void> => {
        events.push(`stop ${name}`);
        end();
      };
      return { name, ready: Promise.resolve(), ended, stop };
    },
    workersPerFunction: 2,
    workersInAll,
    idleMs: 60_000,
    growAfterMs: GROW_AFTER_MS,
  });
}

const acquire = (name: string) => pool.acquire({ name, revision: '1' } as StoredFunction);

/** Acquires a worker of each function in turn, and releases it before the next. */
async function invoke(...names: readonly string[]): Promise<void> {
  for (const name of names) pool.release(await acquire(name));
}

afterEach(() => pool.close());

describe('The pool of worker processes that has all the workers it may have', () => {
  it('A second worker of another function is stopped before an only one', async () => {
    openPool(3);
    const both = [await acquire('first'), await acquire('first')];
    await invoke('second');
    for (const worker of both) pool.release(worker);
    await invoke('third');

    expect(events).toEqual(['start first', 'start first', 'start second', 'stop first', 'start third']);
  });

  it('The worker that was used least recently is stopped for the first worker of another function', async () => {
    openPool(2);
    await invoke('first', 'second', 'first', 'third');

    expect(events).toEqual(['start first', 'start second', 'stop second', 'start third']);
  });

  it('A burst of one function leaves the other functions their only workers', async () => {
    openPool(2);
    await invoke('first', 'second');
    const busy = await acquire('first');
    const next = acquire('first');
    // The invocation is overdue now, and becomes urgent after another nine times this time.
    await sleep(2 * GROW_AFTER_MS);
    pool.release(busy);
    pool.release(await next);

    expect(events).toEqual(['start first', 'start second']);
  });

  it('A function that invokes itself gets a second worker in place of the only one of another function', async () => {
    openPool(2);
    await invoke('first', 'second');
    await acquire('first');
    await acquire('first');

    expect(events).toEqual(['start first', 'start second', 'stop second', 'start first']);
  });
});
