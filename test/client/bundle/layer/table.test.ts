import { expect, it } from '@jest/globals';
import fc from 'fast-check';

import { hashInRow, parseTable, renderTable, RowFinder } from '../../../../client/bundle/layer/table.js';

const aRow = fc.record({
  text: fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\n')),
  number: fc.double({ noNaN: true }),
  hash: fc.uint8Array({ minLength: 32, maxLength: 32 }).map((hash) => Buffer.from(hash).toString('hex')),
});
type Row = { text: string; number: number; hash: string };

const tableOf = (rows: readonly Row[]) => ({
  texts: rows.map(({ text }) => text),
  numbers: Float64Array.from(rows.map(({ number }) => number)),
  hashes: rows.map(({ hash }) => hash).join(''),
});

it('`parseTable` returns the table that `renderTable` wrote', () => {
  fc.assert(
    fc.property(fc.array(aRow), (rows) => {
      const read = parseTable(Buffer.concat(renderTable(tableOf(rows))));

      expect(read?.texts).toEqual(rows.map(({ text }) => text));
      expect([...(read?.numbers ?? [])]).toEqual(rows.map(({ number }) => number));
      expect(rows.map((_, row) => read && hashInRow(read, row))).toEqual(rows.map(({ hash }) => hash));
    }),
  );
});

it('`parseTable` returns undefined for a table that is damaged or truncated', () => {
  const rows = [{ text: 'a', number: 1, hash: 'ab'.repeat(32) }];
  const bytes = Buffer.concat(renderTable(tableOf(rows)));
  fc.assert(
    fc.property(fc.nat({ max: bytes.length - 1 }), fc.integer({ min: 1, max: 255 }), (at, change) => {
      const damaged = Buffer.from(bytes);
      damaged[at] = (damaged[at] ?? 0) ^ change;
      expect(parseTable(damaged)).toBeUndefined();
      expect(parseTable(bytes.subarray(0, at))).toBeUndefined();
    }),
  );
});

it('RowFinder finds rows by their text in any order', () => {
  const texts = ['a', 'b', 'c', 'd'];
  const rows = new RowFinder({ texts, numbers: new Float64Array(), hashes: '' });

  expect(['a', 'b', 'x', 'd', 'c', 'd', 'a'].map((text) => rows.rowOf(text))).toEqual([
    0,
    1,
    undefined,
    3,
    2,
    3,
    0,
  ]);
});
