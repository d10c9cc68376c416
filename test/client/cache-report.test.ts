import { describe, expect, it } from '@jest/globals';

import { describeCacheReport } from '../../client/cache-report.js';

const report = {
  key: 'npm-1',
  hit: 'miss',
  restoreSeconds: 0.077,
  saveSeconds: 0.657,
  bytes: 25_026_560,
} as const;

describe('`describeCacheReport`', () => {
  it.each([
    [{}, 'not found; saved 25 MB in 0.7 s (key npm-1)'],
    [{ installs: 'miss' }, 'not found; saved 25 MB in 0.7 s (key npm-1)'],
    [{ saveSeconds: 0, bytes: 0 }, 'not found; nothing saved (key npm-1)'],
    [{ hit: 'exact', saveSeconds: 0 }, 'found; restored 25 MB in 0.1 s (key npm-1)'],
    [{ hit: 'fallback' }, 'found under a fallback key; restored in 0.1 s, saved 25 MB in 0.7 s (key npm-1)'],
    [{ installs: 'exact' }, 'not found, packages found; restored in 0.1 s, saved 25 MB in 0.7 s (key npm-1)'],
    [{ bytes: 1_200, saveSeconds: 75 }, 'not found; saved 1.2 kB in 1 min 15 s (key npm-1)'],
    [{ bytes: 812 }, 'not found; saved 812 bytes in 0.7 s (key npm-1)'],
    [{ bytes: 4_500_000_000 }, 'not found; saved 4.5 GB in 0.7 s (key npm-1)'],
  ] as const)('The report with %j is `%s`', (changes, expected) => {
    expect(describeCacheReport({ ...report, ...changes })).toBe(expected);
  });
});
