import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { openDurableStore, type DurableStore } from '../../../lib/local/durable/durable-store.js';

let folder: string;
let store: DurableStore;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'codeseeder-store-'));
  store = await openDurableStore(folder);
});
afterEach(async () => {
  await store.close();
  await rm(folder, { recursive: true, force: true });
});

async function keys(prefix?: string, from?: string): Promise<string[]> {
  const found: string[] = [];
  for await (const [key] of store.collection('things').entries(prefix, from)) found.push(key);
  return found;
}

describe('A collection', () => {
  it('A collection iterates the keys with a prefix in byte order', async () => {
    const things = store.collection<number>('things');
    for (const key of ['a', 'a/😀', 'a/\uffff', 'a/b', 'b', 'a0']) await things.put(key, 1);
    await store.collection('thing').put('a/other', 1);
    expect(await keys('a/')).toEqual(['a/b', 'a/\uffff', 'a/😀']);
    expect(await keys('a/', 'a/c')).toEqual(['a/\uffff', 'a/😀']);
    expect(await keys('a/', 'A')).toEqual(['a/b', 'a/\uffff', 'a/😀']);
    expect(await keys()).toEqual(['a', 'a/b', 'a/\uffff', 'a/😀', 'a0', 'b']);
  });

  it.each(['ÿ', '€', '😀'])(
    'A collection finds a long key of the character %s after a short key',
    async (letter) => {
      const things = store.collection<number>('things');
      // The length of the short key determines where a multi-byte character crosses the end of a buffer.
      for (const short of ['a', 'ab', 'abc', 'abcd']) {
        const long = letter.repeat(100 * short.length);
        await things.put(short, 1);
        await things.put(long, 2);
        expect([await things.get(short), await things.get(long)]).toEqual([1, 2]);
      }
    },
  );

  it('A collection keeps its entries, including batches, when the store is opened again', async () => {
    const things = store.collection<{ n: number }>('things');
    await things.put('gone', { n: 0 });
    await things.batch([{ put: 'kept', value: { n: 1 } }, { delete: 'gone' }]);
    await store.close();
    store = await openDurableStore(folder);
    expect(await store.collection('things').get('kept')).toEqual({ n: 1 });
    expect(await keys()).toEqual(['kept']);
  });
});
