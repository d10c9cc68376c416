import { BatchGetBuildsCommand, StopBuildCommand } from '@aws-sdk/client-codebuild';
import { describe, expect, it } from '@jest/globals';

import { pollBuild } from '../../lambdas/poll-build/poll-build.js';
import type { PollBuild } from './simulated/handlers.js';
import { simulatedSoak } from './simulated/simulated-soak.js';

const kindsOf = (breaches: readonly { kind: string }[]) => [...new Set(breaches.map(({ kind }) => kind))];

describe('The soak in simulated time', () => {
  it('Each run ends once, with its true status, under faults, AWS’s request rates, and lost, late and duplicated events', async () => {
    const { breaches, runs, ends, faults, throttled } = await simulatedSoak({
      runs: 150,
      seed: 7,
      customers: 60,
    });
    expect(breaches).toEqual([]);
    expect(runs).toBe(150);
    expect(ends['SUCCEEDED']).toBeGreaterThan(50);
    expect(Object.keys(faults).length).toBeGreaterThan(8);
    expect(throttled['StartBuild']).toBeGreaterThan(0);
  });

  it('The soak detects a start-target that starts the newest version whatever the request names', async () => {
    const { breaches, ofTargets } = await simulatedSoak({
      runs: 60,
      seed: 9,
      customers: 30,
      replaceHandlers: ({ 'start-target': real, ...others }) => ({
        ...others,
        'start-target': async (event, make) => {
          const start = event as { readonly target: string };
          return real?.({ ...start, target: start.target.split('@')[0] }, make);
        },
      }),
    });
    expect(ofTargets).toBeGreaterThan(3);
    expect(kindsOf(breaches)).toContain('wrong version');
  });

  it('The soak detects a poll-build that stops builds because a check failed', async () => {
    const stopping: PollBuild = async (input, dependencies) => {
      const { codebuild } = dependencies;
      const look = codebuild.send(new BatchGetBuildsCommand({ ids: [input.buildId] }));
      const found = await look.catch(() => ({ builds: [] }));
      if (found.builds?.length === 0) await codebuild.send(new StopBuildCommand({ id: input.buildId }));
      return pollBuild(input, dependencies);
    };
    const { breaches } = await simulatedSoak({
      runs: 40,
      seed: 8,
      customers: 20,
      pollBuild: stopping,
    });
    expect(kindsOf(breaches)).toContain('build stopped');
  });

  it('The soak accepts that the build of a run that the control plane gave up is stopped', async () => {
    const { breaches, givenUp, ends } = await simulatedSoak({
      runs: 6,
      seed: 3,
      customers: 6,
      faultShare: 0,
      replaceHandlers: ({ 'start-build': real, ...others }) => ({
        ...others,
        'start-build': async (event, make) => {
          await real?.(event, make);
          throw new Error('ended after it started the build');
        },
      }),
    });
    expect(breaches).toEqual([]);
    expect(givenUp.length).toBeGreaterThan(0);
    expect(ends['SUCCEEDED']).toBeUndefined();
  });
});
