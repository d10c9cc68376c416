import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';

import { CodeBuildClient, ListBuildsCommand, StopBuildCommand } from '@aws-sdk/client-codebuild';

import type { Intercept } from '../../lib/local/index.js';
import { OBSERVER } from './faults.js';
import { synthesizedSeedkit } from '../local/place/seedkit-assembly.js';
import { soak } from './soak.js';

jest.setTimeout(600_000);

let assemblyFolder: string;
const before = { ...process.env };
beforeAll(async () => {
  assemblyFolder = (await synthesizedSeedkit()).folder;
});
afterAll(async () => {
  process.env = before;
});

describe('The soak', () => {
  it('The soak finds that each run ends once, and that the end is recorded, announced and true, while calls fail at random', async () => {
    const seed = Date.now() % 1_000_000;
    const report = await soak({ assemblyFolder, seedkit: 'demo', runs: 8, seed });

    expect({ seed, breaches: report.breaches }).toEqual({ seed, breaches: [] });
    expect(report.accepted).toBeGreaterThan(4);
    expect(Object.keys(report.faults).length).toBeGreaterThan(2);
  });

  it('The soak detects a terminal write that is acknowledged and never made', async () => {
    let updates = 0;
    const drop: Intercept = async (call, proceed) => {
      if (call.service !== 'dynamodb' || call.from !== 'place' || call.operation !== 'UpdateItem')
        return proceed();
      updates += 1;
      // The machine updates the record in RecordBuilding, RecordOutcome and RecordAnnounced. This drops the second
      // update.
      return updates === 2 ? ({} as Awaited<ReturnType<typeof proceed>>) : proceed();
    };
    const report = await soak({
      assemblyFolder,
      seedkit: 'demo',
      runs: [{ does: 'adds', asked: 'once', canceledAfterMs: null }],
      seed: 1,
      faultShare: 0,
      intercept: drop,
      settlingMs: 5_000,
      deliveryMs: 0,
    });

    // On a slow machine, `reconcile-run` may read the run before its event is sent. It then records another end than
    // the event contains.
    const kinds = report.breaches.filter(({ runId }) => runId === 'soak-1-0').map(({ kind }) => kind);
    expect(kinds).toContainEqual(expect.stringMatching(/^(not ended|announced otherwise)$/));
  });

  it('The soak detects a control plane that stops a build although nobody canceled the run', async () => {
    const stopOnceStarted: Intercept = async (call, proceed) => {
      const answer = await proceed();
      if (call.operation !== 'StartBuild') return answer;
      const codebuild = new CodeBuildClient({ customUserAgent: OBSERVER });
      const { ids: [id] = [] } = await codebuild.send(new ListBuildsCommand({}));
      await codebuild.send(new StopBuildCommand({ id }));
      codebuild.destroy();
      return answer;
    };
    const report = await soak({
      assemblyFolder,
      seedkit: 'demo',
      runs: [{ does: 'adds', asked: 'once', canceledAfterMs: null }],
      seed: 1,
      faultShare: 0,
      intercept: stopOnceStarted,
      settlingMs: 20_000,
      deliveryMs: 0,
    });

    expect(report.breaches.map(({ kind }) => kind)).toContain('build stopped');
  });
});
