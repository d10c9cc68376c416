import type { Collection } from './durable-store.js';

/** Returns the values whose key starts with `prefix`, in the order of the keys. @default all values */
export async function valuesOf<T>(collection: Collection<T>, prefix?: string): Promise<T[]> {
  const values: T[] = [];
  for await (const [, value] of collection.entries(prefix)) values.push(value);
  return values;
}
