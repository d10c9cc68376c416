import { Readable } from 'node:stream';

import type { KeyRange, LevelDatabase } from '../durable/level/level-database.js';
import { INDEX_ENTRIES } from './index-entries.js';

type Done<T = void> = (error: unknown, result?: T) => void;

type Operation = { type: 'put'; key: string; value: unknown } | { type: 'del'; key: string };

/** The part of dynalite's database that its operations use. */
export interface DynaliteDatabase {
  put(key: string, value: unknown, done: Done): void;
  get(key: string, done: Done<unknown>): void;
  del(key: string, done: Done): void;
  batch(operations: readonly Operation[], done: Done): void;
  createKeyStream(range?: KeyRange): Readable;
  createValueStream(range?: KeyRange): Readable;
}

/**
 * Returns a database that replaces the one of dynalite, which may lose writes that it has acknowledged.
 *
 * @param onReadFault receives the error when a stream cannot read its data. The stream then ends as if it were
 *   complete, because dynalite would wait forever after an error. The caller must fail the operation
 */
export function dynaliteDatabase(
  level: LevelDatabase,
  onReadFault: (error: unknown) => void,
): DynaliteDatabase {
  const streamOf = <T>(items: AsyncIterable<T>) => Readable.from(untilFault(items, onReadFault));
  return {
    put: (key, value, done) => settle(put(level, key, value), done),
    get: (key, done) => settle(level.get(key), done),
    del: (key, done) => settle(level.write([{ delete: key }]), done),
    batch: (operations, done) => settle(level.write(operations.map(asChange)), done),
    createKeyStream: (range) => streamOf(level.keys(range)),
    createValueStream: (range) => streamOf(valuesOf(level, range)),
  };
}

/**
 * Puts a value. Dynalite puts the entries of all indexes with each change of an item, although most changes leave them
 * as they are. Like DynamoDB, this writes an entry only if it changes. Dynalite changes the entries of an item one
 * after the other, so no other write is pending.
 */
async function put(level: LevelDatabase, key: string, value: unknown): Promise<void> {
  if (key.startsWith(INDEX_ENTRIES) && JSON.stringify(await level.get(key)) === JSON.stringify(value)) return;
  await level.write([{ put: key, value }]);
}

function asChange(operation: Operation) {
  return operation.type === 'del'
    ? { delete: operation.key }
    : { put: operation.key, value: operation.value };
}

/**
 * Calls back in a later turn of the event loop, so that an error thrown by the callback does not reject the promise.
 */
function settle<T>(promise: Promise<T>, done: Done<T>): void {
  promise.then(
    (result) => setImmediate(done, null, result),
    (error: unknown) => setImmediate(done, error),
  );
}

async function* valuesOf(level: LevelDatabase, range: KeyRange | undefined): AsyncGenerator<unknown> {
  for await (const [, value] of level.entries(range)) yield value;
}

async function* untilFault<T>(items: AsyncIterable<T>, onFault: (error: unknown) => void): AsyncGenerator<T> {
  try {
    yield* items;
  } catch (error) {
    onFault(error);
  }
}
