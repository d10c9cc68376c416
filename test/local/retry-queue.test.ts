import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { notWritable } from '../../lib/local/durable/damage.js';
import type { Collection, DurableStore } from '../../lib/local/durable/durable-store.js';
import { openRetryQueue } from '../../lib/local/retry-queue.js';
import { openTestPlaceContext, type TestPlaceContext } from './test-place-context.js';

interface Work {
  readonly acceptedAtMs: number;
}

let context: TestPlaceContext;
/** Number of further deletions that fail, as on a full disk. */
let refused = 0;
let waits: number[];

/** Returns a store whose deletions fail. */
function onFullDisk(store: DurableStore): DurableStore {
  const refuse = <T>(collection: Collection<T>): Collection<T> => ({
    ...collection,
    delete: async (key) => {
      if (refused === 0) return collection.delete(key);
      refused -= 1;
      throw notWritable('/data/store', new Error('No space left on device'));
    },
  });
  return { ...store, collection: <T>(name: string) => refuse(store.collection<T>(name)) };
}

beforeEach(async () => {
  context = await openTestPlaceContext();
  refused = 0;
  waits = [];
});
afterEach(() => context.dispose());

async function openQueue(attempt: () => Promise<undefined>) {
  const clock = {
    ...context.clock,
    now: () => 1,
    sleep: async (ms: number) => {
      waits.push(ms);
      await new Promise(setImmediate);
    },
  };
  return openRetryQueue<Work>({
    context: { ...context, clock, store: onFullDisk(context.store), endpoint: () => 'http://127.0.0.1:1' },
    collection: 'work',
    describe: () => 'The work',
    attempt,
  });
}

async function left(): Promise<number> {
  let count = 0;
  for await (const [key] of context.store.collection<Work>('work').entries()) count += key === '' ? 0 : 1;
  return count;
}

async function untilNothingIsLeft(): Promise<void> {
  while ((await left()) > 0) await new Promise(setImmediate);
}

describe('A retry queue on a full disk', () => {
  it('A retry queue removes finished work as soon as the disk has space, and does not repeat it', async () => {
    let attempts = 0;
    const queue = await openQueue(async () => void (attempts += 1));
    refused = 3;
    await queue.accept([['id', { acceptedAtMs: 1 }]]);
    await untilNothingIsLeft();
    expect({ attempts, waits, problems: context.problems }).toEqual({
      attempts: 1,
      waits: [1_000, 1_000, 1_000],
      problems: [],
    });
    await queue.close();
  });

  it('A retry queue repeats work whose result could not be stored', async () => {
    let attempts = 0;
    const queue = await openQueue(async () => {
      attempts += 1;
      if (attempts < 3) throw notWritable('/data/store', new Error('No space left on device'));
      return undefined;
    });
    await queue.accept([['id', { acceptedAtMs: 1 }]]);
    await untilNothingIsLeft();
    expect({ attempts, problems: context.problems }).toEqual({ attempts: 3, problems: [] });
    await queue.close();
  });

  it('A retry queue reports work that fails for another reason, and leaves it for the next start', async () => {
    const queue = await openQueue(() => Promise.reject(new Error('no such target')));
    await queue.accept([['id', { acceptedAtMs: 1 }]]);
    await new Promise((resolve) => setTimeout(resolve, 20));
    await queue.close();
    expect(context.problems).toEqual(['The work failed']);
    expect(await left()).toBe(1);
  });
});
