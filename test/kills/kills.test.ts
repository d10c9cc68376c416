import { describe, expect, it } from '@jest/globals';

import { killRounds } from './kill-rounds.js';
import { killedMap } from './maps/killed-map.js';

describe('A local AWS that is killed', () => {
  it('A local AWS that is killed at any time keeps every acknowledged write, ends every run once, and leaves no process', async () => {
    const seed = Date.now() % 2 ** 31;
    const report = await killRounds({ kills: 2, runsEach: 3, seed, longestLifeMs: 1_500 });
    expect({ seed, breaches: report.breaches }).toEqual({ seed, breaches: [] });
    expect(report.runs).toBeGreaterThan(0);
  });

  it('A map whose local AWS is killed halfway is complete after it was run again, with one success for each input', async () => {
    const report = await killedMap({ inputs: 8, concurrency: 4, victims: ['place'] });
    expect(report).toMatchObject({ breaches: [], planned: 1 });
    expect(report.again).toBe(report.planned + report.lost);
  });
});
