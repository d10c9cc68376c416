import path from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';

import { seedkit } from '../../client/index.js';
import { sharedSeedkit, type SharedSeedkit } from './local-seedkit.js';

const VALUES = path.resolve(import.meta.dirname, '../fixtures/functions/values.ts');
const LINES = 100_000;

let place: SharedSeedkit;

beforeAll(async () => {
  place = await sharedSeedkit();
});

describe('Logs', () => {
  it('A log of 3 MB and 100,000 lines arrives complete, in order and without duplicates', async () => {
    const run = await seedkit(place.name).submitFunction(VALUES, 'printLines', [LINES]);
    const received: string[] = [];
    for await (const { message } of run.logs()) {
      if (message.startsWith('line ')) received.push(message);
    }

    expect(received).toHaveLength(LINES);
    const expected = Array.from({ length: LINES }, (_, index) => `line ${String(index).padStart(24, '0')}`);
    const wrong = received.findIndex((line, index) => line !== expected[index]);
    // On a failure, shows the lines around the first wrong one.
    expect(wrong === -1 ? [] : received.slice(Math.max(0, wrong - 2), wrong + 3)).toEqual([]);
    await expect(run.result()).resolves.toBe(LINES);
  });
});
