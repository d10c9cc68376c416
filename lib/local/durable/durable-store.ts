import { ClassicLevel } from 'classic-level';

/** A named collection of JSON values by key, iterated in key order. */
export interface Collection<T> {
  get(key: string): Promise<T | undefined>;
  put(key: string, value: T): Promise<void>;
  delete(key: string): Promise<void>;
  /**
   * Returns the entries whose key starts with `prefix`, in the order of the keys' UTF-8 bytes.
   * @param from the first key to read
   */
  entries(prefix?: string, from?: string): AsyncIterable<[key: string, value: T]>;
  /** Writes all changes or none. */
  batch(changes: readonly CollectionChange<T>[]): Promise<void>;
}

export type CollectionChange<T> = { put: string; value: T } | { delete: string };

/**
 * A store whose acknowledged writes survive `kill -9`. When a write returns, the operating system has LevelDB's log,
 * so a killed process loses nothing.
 */
export interface DurableStore {
  collection<T>(name: string): Collection<T>;
  close(): Promise<void>;
}

/** @param folder is created if missing and can be open in one process at a time */
export async function openDurableStore(folder: string): Promise<DurableStore> {
  const level = new ClassicLevel<string, unknown>(folder, { valueEncoding: 'json' });
  await level.open();
  return {
    collection: <T>(name: string) => openCollection<T>(level, name),
    close: () => level.close(),
  };
}

function openCollection<T>(level: ClassicLevel<string, unknown>, name: string): Collection<T> {
  const part = openPart<T>(level, name);
  return {
    get: (key) => part.get(key),
    put: (key, value) => part.put(key, value),
    delete: (key) => part.del(key),
    entries: (prefix = '', from = '') => readFrom(part, prefix, from),
    batch: (changes) =>
      part.batch(
        changes.map((change) =>
          'delete' in change
            ? { type: 'del' as const, key: change.delete }
            : { type: 'put' as const, key: change.put, value: change.value },
        ),
      ),
  };
}

type Part<T> = ReturnType<typeof openPart<T>>;

function openPart<T>(level: ClassicLevel<string, unknown>, name: string) {
  return level.sublevel<string, T>(name, { valueEncoding: 'json' });
}

async function* readFrom<T>(part: Part<T>, prefix: string, from: string): AsyncGenerator<[string, T]> {
  // There is no greatest string with a prefix, so the iteration ends at the first key without it.
  for await (const [key, value] of part.iterator({ gte: later(prefix, from) })) {
    if (!key.startsWith(prefix)) return;
    yield [key, value];
  }
}

function later(a: string, b: string): string {
  return Buffer.compare(Buffer.from(a), Buffer.from(b)) > 0 ? a : b;
}
