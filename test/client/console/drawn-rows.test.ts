import { describe, expect, it } from '@jest/globals';

import { type DrawnRows, drawnRows, windowAt } from '../../../client/console/app/model/drawn-rows.js';

const NOTHING: DrawnRows = { start: 0, keys: [] };

describe('Rows of the log that are drawn', () => {
  it('The rows in view are drawn, and ten above and below them', () => {
    expect(windowAt(0, 400, 1_000)).toEqual({ start: 0, end: 30 });
    expect(windowAt(2_000, 400, 1_000)).toEqual({ start: 90, end: 130 });
    expect(windowAt(19_600, 400, 1_000)).toEqual({ start: 970, end: 1_000 });
  });

  it('No row is drawn of a log without rows, wherever the element was scrolled to', () => {
    expect(drawnRows(NOTHING, windowAt(2_000, 400, 0))).toEqual({ start: 0, keys: [] });
  });

  it('A row that stays in view keeps its element, and a row that comes into view takes that of one that left', () => {
    const first = drawnRows(NOTHING, { start: 0, end: 4 });
    const down = drawnRows(first, { start: 1, end: 5 });
    const up = drawnRows(down, { start: 0, end: 4 });

    expect(first).toEqual({ start: 0, keys: [0, 1, 2, 3] });
    expect(down).toEqual({ start: 1, keys: [1, 2, 3, 0] });
    expect(up).toEqual(first);
  });

  it('All elements stay, in their order, when no row stays in view', () => {
    const first = drawnRows(NOTHING, { start: 0, end: 4 });

    expect(drawnRows(first, { start: 500, end: 504 })).toEqual({ start: 500, keys: first.keys });
  });

  it('Each row has an element of its own when more rows come into view', () => {
    const first = drawnRows(NOTHING, { start: 10, end: 14 });
    const taller = drawnRows(drawnRows(first, { start: 12, end: 14 }), { start: 9, end: 16 });

    expect(new Set(taller.keys).size).toBe(7);
    expect(taller.keys.slice(3, 5)).toEqual(first.keys.slice(2));
  });
});
