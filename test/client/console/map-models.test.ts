import { describe, expect, it } from '@jest/globals';

import { INPUT_STATES, STATE_LETTERS } from '../../../client/console/api.js';
import {
  CELL,
  cellAfterKey,
  cellAt,
  cellsInView,
  columnsOf,
} from '../../../client/console/app/model/cells.js';
import { MapInputs, nameOfState } from '../../../client/console/app/model/map-inputs.js';
import { mapIdsToAsk, mergedMaps } from '../../../client/console/app/model/map-list.js';
import { statesOf } from '../../../client/console/server/input-states.js';
import { aMapRecord } from '../../contract/builders.js';

const progress = (started: number[], succeeded: number[], failed: number[]) => ({
  started: new Set(started),
  succeeded: new Set(succeeded),
  failed: new Set(failed),
  reasons: new Map<number, string>(),
});

describe('The inputs of a map', () => {
  it('States that the server writes are read by the page, also for a map without some indexes', () => {
    const inputs = new MapInputs([
      [2, 3],
      [7, 9],
    ]);
    inputs.apply([[0, statesOf([2, 3, 7, 8, 9], progress([2, 3, 7], [2], [7]))]]);
    const states = Array.from({ length: inputs.length }, (_, at) => [inputs.indexAt(at), inputs.stateAt(at)]);

    expect(states).toEqual([
      [2, 'succeeded'],
      [3, 'running'],
      [7, 'failed'],
      [8, 'waiting'],
      [9, 'waiting'],
    ]);
    inputs.apply([[3, '2s']]);
    expect(inputs.stateAt(3)).toBe('succeeded');
    expect(inputs.stateAt(2)).toBe('failed');
  });

  it('Every state has a letter of its own', () => {
    expect(new Set(STATE_LETTERS).size).toBe(INPUT_STATES.length);
    expect(STATE_LETTERS).toBe(INPUT_STATES.map((state) => state[0]).join(''));
  });

  it('Failed inputs come first, then those that run, wait and succeeded; a filter shows one state', () => {
    const inputs = new MapInputs([[0, 9_999]]);
    inputs.apply([[0, '5000s1f4998w1r']]);
    const order = inputs.order(undefined);

    expect(order).toHaveLength(10_000);
    expect([...order.subarray(0, 3)]).toEqual([5_000, 9_999, 5_001]);
    expect(order.at(-1)).toBe(4_999);
    expect([...inputs.order('failed')]).toEqual([5_000]);
  });

  it('An input that waited when the map ended was not started', () => {
    expect(nameOfState('waiting', false)).toBe('Waiting');
    expect(nameOfState('waiting', true)).toBe('Not started');
  });
});

describe('The cells of a grid', () => {
  it('Only the cells in view are drawn', () => {
    expect(columnsOf(10 * CELL + 5)).toBe(10);
    expect(cellsInView({ top: 5 * CELL + 1, height: 2 * CELL }, 1_000, 10)).toEqual({ start: 50, end: 80 });
    expect(cellsInView({ top: 0, height: 50 * CELL }, 12, 10)).toEqual({ start: 0, end: 12 });
  });

  it('A point leads to a cell, and to none beside the grid or after the last cell', () => {
    expect(cellAt(2.5 * CELL, 1.5 * CELL, 15, 10)).toBe(12);
    expect(cellAt(10.5 * CELL, 0, 15, 10)).toBeUndefined();
    expect(cellAt(6 * CELL, 1 * CELL, 15, 10)).toBeUndefined();
  });

  it.each([
    ['ArrowRight', 3, 4],
    ['ArrowLeft', 0, 0],
    ['ArrowDown', 3, 13],
    ['ArrowDown', 8, 8],
    ['ArrowUp', 13, 3],
    ['End', 3, 14],
    ['Home', 3, 0],
    ['Tab', 3, undefined],
    ['ArrowRight', undefined, 0],
  ])('The key %s leads from cell %p to cell %p', (key, from, to) => {
    expect(cellAfterKey(key, from, 15, 10)).toBe(to);
  });
});

describe('The list of maps', () => {
  it('Changes replace records, new maps come first, and only running maps are asked for again', () => {
    const older = aMapRecord({ mapId: 'older', queuedAt: '2026-03-01T10:00:00.000Z', status: 'RUNNING' });
    const newer = aMapRecord({ mapId: 'newer', queuedAt: '2026-03-01T11:00:00.000Z', status: 'RUNNING' });
    const ended = { ...older, status: 'SUCCEEDED' } as const;
    const merged = mergedMaps([older], [newer, ended]);

    expect(merged).toEqual([newer, ended]);
    expect(mapIdsToAsk(merged)).toEqual(['newer']);
  });
});
