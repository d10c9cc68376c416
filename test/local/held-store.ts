import type { Collection, CollectionChange, DurableStore } from '../../lib/local/durable/durable-store.js';

type Results = Promise<[first: PromiseSettledResult<unknown>, other: PromiseSettledResult<unknown>]>;

/** A store in memory, in which a test can hold a write while another call runs. */
export interface HeldStore extends DurableStore {
  /**
   * Starts a call, and holds the next write to a collection. Runs another call, until that call ends or waits for the
   * first one. Then lets the write continue, and returns the results of both.
   * @param holds whether a written value is held. @default every value is
   */
  duringWrite(
    collection: string,
    first: () => Promise<unknown>,
    other: () => Promise<unknown>,
    holds?: (value: unknown) => boolean,
  ): Results;
  /** Returns the keys of a collection. */
  keysIn(collection: string): Promise<string[]>;
}

/**
 * Creates a store in memory. Its calls take no turn of the event loop, so after one turn each call that uses only the
 * store has ended, or waits for a held write.
 */
export function aHeldStore(): HeldStore {
  const values = new Map<string, Map<string, string>>();
  const holds = new Map<string, Hold>();
  const valuesIn = (name: string): Map<string, string> => {
    const found = values.get(name) ?? new Map<string, string>();
    values.set(name, found);
    return found;
  };
  const beforeWrite = async (name: string, written: readonly unknown[]): Promise<void> => {
    const hold = holds.get(name);
    if (hold === undefined || !written.some((value) => hold.accepts(value))) return;
    holds.delete(name);
    await hold.wait();
  };
  return {
    collection: <T>(name: string) => collectionOf<T>(valuesIn(name), (written) => beforeWrite(name, written)),
    close: async () => {},
    keysIn: async (name) => [...valuesIn(name).keys()].sort(),
    async duringWrite(name, first, other, accepts = () => true) {
      let release = () => {};
      const released = new Promise<void>((resolve) => (release = resolve));
      const arrived = new Promise<void>((resolve) => {
        const wait = () => {
          resolve();
          return released;
        };
        holds.set(name, { accepts, wait });
      });
      const started = first();
      await arrived;
      const meanwhile = other();
      await new Promise((resolve) => setImmediate(resolve));
      release();
      return Promise.allSettled([started, meanwhile]);
    },
  };
}

interface Hold {
  accepts(value: unknown): boolean;
  wait(): Promise<void>;
}

function collectionOf<T>(
  values: Map<string, string>,
  beforeWrite: (written: readonly unknown[]) => Promise<void>,
): Collection<T> {
  const batch = async (changes: readonly CollectionChange<T>[]): Promise<void> => {
    await beforeWrite(changes.map((change) => ('value' in change ? change.value : undefined)));
    for (const change of changes) {
      if ('delete' in change) values.delete(change.delete);
      else values.set(change.put, JSON.stringify(change.value));
    }
  };
  return {
    get: async (key) => parsed<T>(values.get(key)),
    put: (key, value) => batch([{ put: key, value }]),
    delete: (key) => batch([{ delete: key }]),
    batch,
    async *entries(prefix = '', from = '') {
      const keys = [...values.keys()].filter((key) => key.startsWith(prefix) && key >= from).sort();
      for (const key of keys) yield [key, parsed<T>(values.get(key)) as T];
    },
  };
}

function parsed<T>(text: string | undefined): T | undefined {
  return text === undefined ? undefined : (JSON.parse(text) as T);
}
