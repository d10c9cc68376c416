import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';

import type { Intercept } from '../../lib/local/index.js';
import { synthesizedSeedkit, type SynthesizedSeedkit } from '../local/place/seedkit-assembly.js';
import { soak } from './soak.js';

jest.setTimeout(600_000);

let assembly: SynthesizedSeedkit;
const before = { ...process.env };
beforeAll(async () => {
  assembly = await synthesizedSeedkit();
});
afterAll(async () => {
  process.env = before;
  await assembly.dispose();
});

describe('runs whose calls fail at random', () => {
  it('each come to one end that is recorded, announced and true', async () => {
    const seed = Date.now() % 1_000_000;
    const report = await soak({ assemblyFolder: assembly.folder, seedkit: 'demo', runs: 24, seed });

    expect({ seed, breaches: report.breaches }).toEqual({ seed, breaches: [] });
    expect(report.accepted).toBeGreaterThan(12);
    expect(Object.keys(report.faults).length).toBeGreaterThan(2);
  });

  it('are found out when one terminal write is dropped', async () => {
    let updates = 0;
    const drop: Intercept = async (call, proceed) => {
      if (call.service !== 'dynamodb' || call.from !== 'place' || call.operation !== 'UpdateItem')
        return proceed();
      updates += 1;
      // RecordBuilding, RecordOutcome, RecordAnnounced: the second is acknowledged and never made.
      return updates === 2 ? ({} as Awaited<ReturnType<typeof proceed>>) : proceed();
    };
    const report = await soak({
      assemblyFolder: assembly.folder,
      seedkit: 'demo',
      runs: [{ does: 'adds', asked: 'once', canceledAfterMs: null }],
      seed: 1,
      faultShare: 0,
      intercept: drop,
      patienceMs: 10_000,
      settlingMs: 5_000,
    });

    expect(report.breaches).toContain('soak-1-0 is still BUILDING');
  });
});
