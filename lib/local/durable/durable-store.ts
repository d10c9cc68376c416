import { LevelDatabase, type LevelOptions } from './level/level-database.js';

/** A named collection of JSON values by key, iterated in key order. */
export interface Collection<T> {
  get(key: string): Promise<T | undefined>;
  put(key: string, value: T): Promise<void>;
  delete(key: string): Promise<void>;
  /**
   * Returns the entries whose key starts with `prefix`, in the order of the keys' UTF-8 bytes.
   * @param from key to start at; it contains the prefix, as the returned keys do
   */
  entries(prefix?: string, from?: string): AsyncIterable<[key: string, value: T]>;
  /** Writes all changes or none. */
  batch(changes: readonly CollectionChange<T>[]): Promise<void>;
}

export type CollectionChange<T> = { put: string; value: T } | { delete: string };

/**
 * A store whose acknowledged writes survive `kill -9`. When a write returns, the operating system has received
 * LevelDB's log, so killing the process loses nothing. A write that fails, for example on a full disk, throws
 * `DataFolderNotWritable`. See `LevelDatabase`.
 */
export interface DurableStore {
  collection<T>(name: string): Collection<T>;
  close(): Promise<void>;
}

export interface DurableStoreOptions extends Pick<LevelOptions, 'report'> {
  /** Reads the store before anything is written. If it rejects, the store is closed unchanged. */
  readonly check?: (store: DurableStore) => Promise<void>;
}

/**
 * Opens a store.
 * @param folder is created if missing and can be open in one process at a time
 * @throws LocalAwsError `DataFolderDamaged` naming the file; Error `LEVEL_LOCKED`
 */
export async function openDurableStore(
  folder: string,
  { check, ...options }: DurableStoreOptions = {},
): Promise<DurableStore> {
  const checkLevel = async (level: LevelDatabase) => check?.(storeOf(level));
  return storeOf(await LevelDatabase.open(folder, { ...options, check: checkLevel }));
}

function storeOf(level: LevelDatabase): DurableStore {
  return {
    collection: <T>(name: string) => openCollection<T>(level, name),
    close: () => level.close(),
  };
}

function openCollection<T>(level: LevelDatabase, name: string): Collection<T> {
  const start = keyIn(name, '');
  const asChange = (change: CollectionChange<T>) =>
    'delete' in change ? { delete: start + change.delete } : { put: start + change.put, value: change.value };
  return {
    get: (key) => level.get(start + key) as Promise<T | undefined>,
    put: (key, value) => level.write([{ put: start + key, value }]),
    delete: (key) => level.write([{ delete: start + key }]),
    entries: (prefix = '', from = '') => readFrom<T>(level, start, prefix, from),
    batch: (changes) => level.write(changes.map(asChange)),
  };
}

/** Returns the database key of a collection's key, in the format of a sublevel of `abstract-level`. */
export function keyIn(collection: string, key: string): string {
  return `!${collection}!${key}`;
}

async function* readFrom<T>(
  level: LevelDatabase,
  start: string,
  prefix: string,
  from: string,
): AsyncGenerator<[string, T]> {
  // Checks for the end of the range here, because no key is certain to sort after all keys with the prefix.
  for await (const [key, value] of level.entries({ gte: start + later(prefix, from) })) {
    if (!key.startsWith(start + prefix)) return;
    yield [key.slice(start.length), value as T];
  }
}

function later(a: string, b: string): string {
  return Buffer.compare(Buffer.from(a), Buffer.from(b)) > 0 ? a : b;
}
