import { describe, expect, it } from '@jest/globals';

import { csvItems, jsonItems, jsonLines } from '../../../../lib/local/states/interpreter/text-items.js';

/** Yields a text in pieces of `length` characters. */
async function* inParts(text: string, length: number): AsyncGenerator<string> {
  for (let at = 0; at < text.length; at += length) yield text.slice(at, at + length);
}

async function all(items: AsyncIterable<unknown>): Promise<unknown[]> {
  const found: unknown[] = [];
  for await (const item of items) found.push(item);
  return found;
}

const LENGTHS = [1, 2, 3, 7, 1_000];

describe('Items of a JSON array', () => {
  it.each(LENGTHS)('Items are the same as those of JSON.parse, in parts of %i characters', async (length) => {
    const values = [1, 'a,]"\\', { 'k[': [1, { b: '}' }], n: null }, [], [[2], '"'], true, 'ü😀\n'];
    for (const text of [JSON.stringify(values), `\uFEFF ${JSON.stringify(values, null, 2)}\n`]) {
      expect(await all(jsonItems(inParts(text, length)))).toEqual(values);
    }
  });

  it('An empty array has no items', async () => {
    expect(await all(jsonItems(inParts(' [ \n ] ', 2)))).toEqual([]);
  });

  it.each([
    ['an object', '{"a":1}', /not a JSON array/],
    ['nothing', '', /not a complete JSON array/],
    ['an array without its end', '[1, 2', /not a complete JSON array/],
    ['text after the array', '[1] 2', /more after the end/],
    ['an item that is no JSON', '[1, x]', /no JSON in item 2/],
    ['an item that is nested too deep', `[${'['.repeat(700)}${']'.repeat(700)}]`, /nested too deeply/],
    ['a trailing comma', '[1,]', /no JSON in item 2/],
  ])('A file with %s is refused', async (_what, text, message) => {
    await expect(all(jsonItems(inParts(text, 3)))).rejects.toThrow(message);
  });

  it('An item that is longer than 8 MiB is refused before it is read to its end', async () => {
    let read = 0;
    async function* endless(): AsyncGenerator<string> {
      yield '["';
      for (;;) {
        read += 1;
        yield 'x'.repeat(1024 ** 2);
      }
    }
    await expect(all(jsonItems(endless()))).rejects.toThrow(/more than 8388608 characters/);
    expect(read).toBeLessThan(10);
  });
});

describe('JSON lines', () => {
  it.each(LENGTHS)('Each line is an item, in parts of %i characters', async (length) => {
    const text = '{"a":1}\r\n\n[2]\n"last"';
    expect(await all(jsonLines(inParts(text, length)))).toEqual([{ a: 1 }, [2], 'last']);
  });

  it('A line that is not JSON is named in the error', async () => {
    await expect(all(jsonLines(inParts('1\n2\n{', 2)))).rejects.toThrow(/no JSON in line 3/);
  });
});

describe('Rows of a CSV file', () => {
  it.each(LENGTHS)(
    'Quoted fields may have delimiters, quotes and line ends, in parts of %i',
    async (length) => {
      const text = 'id,text\r\n1,"a, ""b""\nc"\r\n\r\n2,plain\n3,""\n';
      expect(await all(csvItems(inParts(text, length), { delimiter: ',' }))).toEqual([
        { id: '1', text: 'a, "b"\nc' },
        { id: '2', text: 'plain' },
        { id: '3', text: '' },
      ]);
    },
  );

  it('A missing field is empty, and a field without a column is left out', async () => {
    const rows = await all(csvItems(inParts('a;b\n1\n1;2;3', 4), { delimiter: ';' }));
    expect(rows).toEqual([
      { a: '1', b: '' },
      { a: '1', b: '2' },
    ]);
  });

  it('With CSVHeaders given, the first row is an item', async () => {
    const rows = await all(csvItems(inParts('\uFEFF1\t2', 9), { delimiter: '\t', headers: ['x', 'y'] }));
    expect(rows).toEqual([{ x: '1', y: '2' }]);
  });

  it('A CSV file that ends inside quotation marks is refused', async () => {
    await expect(all(csvItems(inParts('a\n"b', 9), { delimiter: ',' }))).rejects.toThrow(/quotation marks/);
  });
});
