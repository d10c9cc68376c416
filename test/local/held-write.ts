import { jest } from '@jest/globals';

import type { Collection, DurableStore } from '../../lib/local/durable/durable-store.js';
import { KeyedLock } from '../../lib/local/durable/keyed-lock.js';

/**
 * Wraps a store, so that a test can make a call between the moment at which another call has read a record and the
 * moment at which it writes the record.
 */
export function holdWrites(store: DurableStore) {
  const held = new Map<string, () => Promise<void>>();
  const holding =
    <Input extends unknown[]>(name: string, write: (...input: Input) => Promise<void>) =>
    async (...input: Input) => {
      const hold = held.get(name);
      held.delete(name);
      await hold?.();
      return write(...input);
    };
  return {
    store: {
      ...store,
      collection: <T>(name: string): Collection<T> => {
        const collection = store.collection<T>(name);
        const { put, delete: remove, batch } = collection;
        return {
          ...collection,
          put: holding(name, put),
          delete: holding(name, remove),
          batch: holding(name, batch),
        };
      },
    } satisfies DurableStore,
    /**
     * Makes a call when the next write to a collection is requested. The write is done after the call has settled, or
     * once the call waits for a `KeyedLock`.
     * @returns the result of the call
     */
    duringNextWrite<T>(collection: string, call: () => Promise<T>): Promise<T> {
      const result = new Promise<T>((resolve, reject) => {
        held.set(collection, async () => {
          const lock = watchLocks();
          await Promise.race([call().then(resolve, reject), lock.waiting]);
          lock.stop();
        });
      });
      result.catch(() => undefined);
      return result;
    },
  };
}

/** Observes all locks. `waiting` resolves when work that is given to a lock from now on does not start at once. */
function watchLocks() {
  let resolve = () => {};
  const waiting = new Promise<void>((resolved) => (resolve = resolved));
  const { run } = KeyedLock.prototype;
  const spy = jest.spyOn(KeyedLock.prototype, 'run').mockImplementation(function <T>(
    this: KeyedLock,
    key: string,
    work: () => Promise<T>,
  ): Promise<T> {
    let isStarted = false;
    setImmediate(() => {
      if (!isStarted) resolve();
    });
    return run.call(this, key, () => {
      isStarted = true;
      return work();
    }) as Promise<T>;
  });
  return { waiting, stop: () => spy.mockRestore() };
}
