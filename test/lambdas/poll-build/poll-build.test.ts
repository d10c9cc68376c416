import { BatchGetBuildsCommand, CodeBuildClient } from '@aws-sdk/client-codebuild';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';

import { pollBuild } from '../../../lambdas/poll-build/poll-build.js';

const codebuild = mockClient(CodeBuildClient);
const STARTED_MS = Date.parse('2026-03-01T10:00:00.000Z');
const input = { buildId: 'p:1', buildStartedAt: new Date(STARTED_MS).toISOString() };

function pollAt(ageSeconds: number) {
  const now = () => new Date(STARTED_MS + ageSeconds * 1000);
  return pollBuild(input, { codebuild: new CodeBuildClient({}), now });
}

beforeEach(() => {
  codebuild.reset();
});

describe('poll-build', () => {
  it.each([
    [0, 2],
    [41, 2],
    [60, 3],
    [100, 5],
    [119, 5],
    [2_400, 120],
    [100_000, 120],
  ])('looks at a build of %i s again after %i s', async (ageSeconds, waitSeconds) => {
    codebuild.on(BatchGetBuildsCommand).resolves({
      builds: [{ id: 'p:1', buildComplete: false, buildStatus: 'IN_PROGRESS', currentPhase: 'BUILD' }],
    });

    expect(await pollAt(ageSeconds)).toEqual({
      done: false,
      waitSeconds,
      buildStatus: 'IN_PROGRESS',
      phase: 'BUILD',
    });
  });

  it('says that a complete build is done', async () => {
    codebuild.on(BatchGetBuildsCommand).resolves({
      builds: [{ id: 'p:1', buildComplete: true, buildStatus: 'FAILED', currentPhase: 'COMPLETED' }],
    });

    expect(await pollAt(1)).toMatchObject({ done: true, buildStatus: 'FAILED', phase: 'COMPLETED' });
  });

  it('tells a phase of a name that nobody here knows as CodeBuild names it', async () => {
    codebuild.on(BatchGetBuildsCommand).resolves({
      builds: [{ id: 'p:1', buildComplete: false, currentPhase: 'DOWNLOAD_CACHE' }],
    });

    expect(await pollAt(1)).toMatchObject({ done: false, phase: 'DOWNLOAD_CACHE' });
  });

  it('names a build that CodeBuild does not know', async () => {
    codebuild.on(BatchGetBuildsCommand).resolves({ builds: [], buildsNotFound: ['p:1'] });

    await expect(pollAt(1)).rejects.toThrow(expect.objectContaining({ code: 'ControlPlaneError' }));
    await expect(pollAt(1)).rejects.toThrow('no build p:1');
  });

  it.each([
    ['of its own limits', { queuedTimeoutInMinutes: 5, timeoutInMinutes: 10 }, 5 + 10],
    ['whose limits are not told', {}, (8 + 36) * 60],
  ])(
    'gives up on a build %s that CodeBuild does not end half an hour after them',
    async (_, limits, minutes) => {
      codebuild
        .on(BatchGetBuildsCommand)
        .resolves({ builds: [{ id: 'p:1', buildComplete: false, ...limits }] });
      const overdueSeconds = (minutes + 30) * 60;

      await expect(pollAt(overdueSeconds - 1)).resolves.toMatchObject({ done: false });
      await expect(pollAt(overdueSeconds)).rejects.toThrow(
        expect.objectContaining({ code: 'BuildTimedOut' }),
      );
      expect(overdueSeconds / 3_600).toBeLessThan(45);

      codebuild
        .on(BatchGetBuildsCommand)
        .resolves({ builds: [{ id: 'p:1', buildComplete: true, ...limits }] });
      await expect(pollAt(overdueSeconds)).resolves.toMatchObject({ done: true });
    },
  );

  it('sees the end of any build soon, and of the longest within 15,000 history events', async () => {
    const longestSeconds = (36 + 8) * 3_600;
    const eventsOfOneLoop = 9; // Wait 2, Task 5, Choice 2.
    codebuild.on(BatchGetBuildsCommand).resolves({ builds: [{ id: 'p:1', buildComplete: false }] });
    let looks = 0;
    let ageSeconds = 0;

    while (ageSeconds < longestSeconds) {
      const { waitSeconds } = await pollAt(ageSeconds);
      // The build may end right after a look: then the next one sees it.
      expect(waitSeconds).toBeLessThanOrEqual(Math.max(2, ageSeconds * 0.05));
      expect(Number.isInteger(waitSeconds)).toBe(true);
      ageSeconds += waitSeconds;
      looks++;
    }

    expect(looks * eventsOfOneLoop).toBeLessThan(15_000);
  });
});
