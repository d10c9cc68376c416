import { afterEach, describe, expect, it } from '@jest/globals';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { Clock } from '../../../lib/local/clock.js';
import type { WireBuild } from '../../../lib/local/codebuild/build-record.js';
import {
  buildspec,
  contextOf,
  createProject,
  openTestCodeBuild,
  ownSleeps,
  phaseStatuses,
  PROJECT,
  sharedFolder,
  type Sleeps,
  type TestCodeBuild,
} from './test-codebuild.js';

let test: TestCodeBuild;
afterEach(() => test.dispose());

/** Returns a clock on which sleeps of whole minutes end only when `passMinutes` is called. */
function steppedClock(): Clock & { passMinutes(minutes: number): void } {
  const sleepers = new Set<{ minutes: number; wake: () => void }>();
  return {
    now: () => Date.now(),
    sleep: (milliseconds, signal) =>
      new Promise((resolve, reject) => {
        const sleeper = { minutes: milliseconds / 60_000, wake: resolve };
        sleepers.add(sleeper);
        signal?.addEventListener('abort', () => {
          sleepers.delete(sleeper);
          reject(new Error('aborted'));
        });
      }),
    passMinutes(minutes) {
      for (const sleeper of sleepers) if (sleeper.minutes <= minutes) sleeper.wake();
    },
  };
}

/**
 * Returns commands that start processes which ignore SIGTERM: a child process, a background process and a process in
 * another session.
 */
function ignoringSigterm(sleeps: Sleeps): string[] {
  return [
    `trap '' TERM`,
    `(trap '' TERM; ${sleeps.command()}) &`,
    `bash -c 'trap "" TERM; ${sleeps.command()} & wait' &`,
    `setsid ${sleeps.command()} & sleep 0.2`,
    `echo ready; ${sleeps.command()}`,
  ];
}

async function untilLine(build: WireBuild, wanted: string): Promise<string[]> {
  for (;;) {
    const lines = await test.lines(await test.get(build.id)).catch((): string[] => []);
    if (lines.includes(wanted)) return lines;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function untilRunning(sleeps: Sleeps, count: number): Promise<void> {
  while (sleeps.running() < count) await new Promise((resolve) => setTimeout(resolve, 20));
}

/** Returns the folder in which the commands of a running build start. */
function sourceOf({ id }: WireBuild): string {
  return join(test.context.dataFolder, 'codebuild', 'work', id.split(':')[1] ?? '', 'src', 'primary');
}

describe('The end of a build', () => {
  it.each(['namespaces', 'none'] as const)(
    '`StopBuild` ends all processes of a build, however deep, with isolation %s',
    async (isolation) => {
      test = await openTestCodeBuild({ isolation });
      const sleeps = ownSleeps();
      const started = await test.start(
        buildspec({ build: ignoringSigterm(sleeps), post_build: ['echo never'] }),
      );
      await untilRunning(sleeps, 4);
      const { build } = await test.codeBuild.operations.StopBuild({ id: started.id });
      expect(build).toMatchObject({ buildStatus: 'STOPPED', buildComplete: true, currentPhase: 'COMPLETED' });
      expect(phaseStatuses(build)).toMatchObject({ BUILD: 'STOPPED', COMPLETED: '' });
      expect(phaseStatuses(build)).not.toHaveProperty('POST_BUILD');
      expect(sleeps.running()).toBe(0);
      const again = await test.codeBuild.operations.StopBuild({ id: started.arn });
      expect(again.build).toEqual(build);
    },
  );

  it.each(['namespaces', 'none'] as const)(
    'A successful build ends its background processes without waiting for them, with isolation %s',
    async (isolation) => {
      test = await openTestCodeBuild({ isolation });
      const sleeps = ownSleeps();
      const started = await test.start(
        buildspec({
          build: [
            `${sleeps.command()} & nohup ${sleeps.command()} >/dev/null 2>&1 &`,
            'until [ -e go ]; do sleep 0.02; done',
          ],
        }),
      );
      await untilRunning(sleeps, 2);
      await writeFile(join(sourceOf(started), 'go'), '');
      const build = await test.until(started.id);
      expect(build.buildStatus).toBe('SUCCEEDED');
      expect(sleeps.running()).toBe(0);
    },
  );

  it('A build ends at its time-out', async () => {
    const clock = steppedClock();
    test = await openTestCodeBuild({}, { clock });
    const started = await test.start({
      buildspecOverride: buildspec({ build: ['echo ready; sleep 300'] }),
      timeoutInMinutesOverride: 7,
    });
    await untilLine(started, 'ready');
    clock.passMinutes(6);
    expect((await test.get(started.id)).buildStatus).toBe('IN_PROGRESS');
    clock.passMinutes(7);
    const build = await test.until(started.id);
    expect(build).toMatchObject({ buildStatus: 'TIMED_OUT', timeoutInMinutes: 7 });
    expect(contextOf(build, 'BUILD')).toEqual({
      statusCode: 'BUILD_TIMED_OUT',
      message: 'Build has timed out. ',
    });
  });

  it('Builds in the queue can time out and be stopped, and the next ones run', async () => {
    const clock = steppedClock();
    test = await openTestCodeBuild({ concurrency: 1 }, { clock });
    const first = await test.start(buildspec({ build: ['echo ready; sleep 300'] }));
    await untilLine(first, 'ready');
    const patient = await test.start(buildspec({ build: ['echo turn'] }));
    const hasty = await test.start({ queuedTimeoutInMinutesOverride: 5 });
    const unwanted = await test.start({});
    const queued = await test.get(patient.id);
    expect(queued).toMatchObject({ currentPhase: 'QUEUED', logs: { cloudWatchLogs: { status: 'ENABLED' } } });
    expect(queued.logs).not.toHaveProperty('streamName');
    const { build: stopped } = await test.codeBuild.operations.StopBuild({ id: unwanted.id });
    expect(phaseStatuses(stopped)).toEqual({ SUBMITTED: 'SUCCEEDED', QUEUED: 'STOPPED', COMPLETED: '' });
    clock.passMinutes(5);
    const late = await test.until(hasty.id);
    expect(late.buildStatus).toBe('TIMED_OUT');
    expect(phaseStatuses(late)).toMatchObject({ QUEUED: 'TIMED_OUT' });
    await test.codeBuild.operations.StopBuild({ id: first.id });
    expect((await test.until(patient.id)).buildStatus).toBe('SUCCEEDED');
  });

  it('Closing the local AWS records stopped builds with the reason', async () => {
    test = await openTestCodeBuild({ concurrency: 1 });
    const sleeps = ownSleeps();
    const running = await test.start(buildspec({ build: [sleeps.command()] }));
    const waiting = await test.start({});
    await untilRunning(sleeps, 1);
    await test.codeBuild.close();
    expect(sleeps.running()).toBe(0);
    await test.reopen();
    const build = await test.get(running.id);
    expect(build).toMatchObject({ buildStatus: 'STOPPED', buildComplete: true });
    expect(contextOf(build, 'BUILD')).toMatchObject({ message: expect.stringContaining('was closed') });
    expect(await test.get(waiting.id)).toMatchObject({ buildStatus: 'STOPPED', buildComplete: true });
  });
});

describe('The queue of builds', () => {
  it('Fifty builds run four at a time, in the order of their start', async () => {
    test = await openTestCodeBuild({ concurrency: 4 });
    const shared = await sharedFolder();
    const counter = join(shared, 'count');
    await writeFile(counter, '');
    const builds: WireBuild[] = [];
    for (let number = 0; number < 50; number += 1) {
      builds.push(
        await test.start(buildspec({ build: [`echo + >>${counter}; sleep 0.05; echo - >>${counter}`] })),
      );
    }
    const ended = await Promise.all(builds.map(({ id }) => test.until(id)));
    expect(ended.map(({ buildStatus }) => buildStatus)).toEqual(
      Array.from({ length: 50 }, () => 'SUCCEEDED'),
    );
    expect(ended.map(({ buildNumber }) => buildNumber)).toEqual(Array.from({ length: 50 }, (_, n) => n + 1));
    let running = 0;
    let most = 0;
    for (const sign of (await readFile(counter, 'utf8')).trim().split('\n')) {
      running += sign === '+' ? 1 : -1;
      most = Math.max(most, running);
    }
    await rm(shared, { recursive: true });
    expect(running).toBe(0);
    expect(most).toBeGreaterThan(1);
    expect(most).toBeLessThanOrEqual(4);
    const begun = ended.map(
      ({ phases }) => phases.find(({ phaseType }) => phaseType === 'PROVISIONING')?.startTime,
    );
    expect(begun).toEqual([...begun].sort((a = 0, b = 0) => a - b));
    const { ids } = await test.codeBuild.operations.ListBuildsForProject({ projectName: 'demo' });
    expect(ids).toEqual(builds.map(({ id }) => id).reverse());
  });

  it('`ListBuildsForProject` returns 100 builds per page, the newest first', async () => {
    test = await openTestCodeBuild({ concurrency: 1, queueLimit: 200 });
    const builds: string[] = [];
    for (let number = 0; number < 101; number += 1) {
      builds.unshift((await test.start(buildspec({ build: ['sleep 300'] }))).id);
    }
    const { ListBuildsForProject } = test.codeBuild.operations;
    const first = await ListBuildsForProject({ projectName: 'demo' });
    const { nextToken } = first;
    expect(first.ids).toEqual(builds.slice(0, 100));
    expect(await ListBuildsForProject({ projectName: 'demo', nextToken })).toEqual({
      ids: builds.slice(100),
    });
  });

  it("`StartBuild` over the limits fails with the service's message", async () => {
    test = await openTestCodeBuild({ concurrency: 1, queueLimit: 2 });
    await createProject(test.codeBuild, { ...PROJECT, Name: 'limited', ConcurrentBuildLimit: 1 });
    const sleeping = buildspec({ build: ['sleep 300'] });
    await test.start({ projectName: 'limited', buildspecOverride: sleeping });
    await expect(test.start({ projectName: 'limited' })).rejects.toMatchObject({
      code: 'AccountLimitExceededException',
      message: 'Cannot have more than 1 active builds for the project',
    });
    await test.start(sleeping);
    await test.start(sleeping);
    await expect(test.start(sleeping)).rejects.toMatchObject({
      code: 'AccountLimitExceededException',
      message: 'Cannot have more than 2 builds in queue for the account',
    });
  });
});

describe('The log of a build', () => {
  it('The log of a complete build has each of its 100,000 lines once, complete and in order', async () => {
    test = await openTestCodeBuild();
    const build = await test.run(
      buildspec({
        build: ['for ((i = 0; i < 100000; i++)); do printf "line %06d %s\\n" $i xxxxxxxxxxxxxxxxx; done'],
      }),
    );
    const { groupName: logGroupName = '', streamName: logStreamName = '' } = build.logs ?? {};
    const lines: string[] = [];
    for (let token: string | undefined; ;) {
      const page = (await test.logs.operations.GetLogEvents({
        logGroupName,
        logStreamName,
        startFromHead: true,
        ...(token && { nextToken: token }),
      })) as { events: { message: string }[]; nextForwardToken: string };
      for (const { message } of page.events) if (message.startsWith('line')) lines.push(message);
      if (page.nextForwardToken === token) break;
      token = page.nextForwardToken;
    }
    expect(lines).toHaveLength(100_000);
    const isOdd = (line: string, number: number) =>
      line !== `line ${String(number).padStart(6, '0')} ${'x'.repeat(17)}\n`;
    expect(lines.filter(isOdd)).toEqual([]);
  });

  it('The log of a build splits a huge line without losing a character', async () => {
    test = await openTestCodeBuild();
    const build = await test.run(
      buildspec({ build: [`node -e "process.stdout.write('ü'.repeat(600000))"`, 'echo; echo end'] }),
    );
    const lines = await test.lines(build);
    const huge = lines.filter((line) => line.startsWith('ü'));
    expect(huge.length).toBeGreaterThan(3);
    expect(huge.every((line) => Buffer.byteLength(line) <= 262_118)).toBe(true);
    expect(huge.join('')).toBe('ü'.repeat(600_000));
    expect(lines.at(-1)).toBe('end');
  });

  it('The log of a running build already has lines', async () => {
    test = await openTestCodeBuild();
    const build = await test.start(buildspec({ build: ['echo early; sleep 300'] }));
    expect(await untilLine(build, 'early')).toEqual(['early']);
    expect((await test.get(build.id)).buildStatus).toBe('IN_PROGRESS');
  });

  it('The log of a build follows its log configuration, or is not written', async () => {
    test = await openTestCodeBuild();
    const build = await test.run({
      logsConfigOverride: { cloudWatchLogs: { status: 'ENABLED', groupName: '/own', streamName: 'prefix' } },
    });
    expect(build.logs?.groupName).toBe('/own');
    expect(build.logs?.streamName).toBe(`prefix/${build.id.slice(5)}`);
    expect(await test.lines(build)).toEqual(['default']);
    const silent = await test.run({ logsConfigOverride: { cloudWatchLogs: { status: 'DISABLED' } } });
    expect(silent).toMatchObject({ buildStatus: 'SUCCEEDED' });
    expect(silent.logs).not.toHaveProperty('groupName');
  });
});
