import { describe, expect, it } from '@jest/globals';

import { noSmallDisk } from '../local/durable/small-disk.js';
import { fillAtRandom } from './fill-at-random.js';

const itOnSmallDisk = noSmallDisk === undefined ? it : it.skip;

describe(`A local AWS whose disk is full at times${noSmallDisk === undefined ? '' : ` (${noSmallDisk})`}`, () => {
  itOnSmallDisk(
    'A local AWS on a full disk keeps every acknowledged write, refuses others, and accepts writes again when there is space',
    async () => {
      const report = await fillAtRandom({ instants: 3, seed: 7 });
      expect(report.faults).toEqual([]);
      expect(report.acknowledged).toBeGreaterThan(20);
      expect(report.refused).toBeGreaterThan(0);
    },
  );
});
