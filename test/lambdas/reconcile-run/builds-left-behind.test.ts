import {
  BatchGetBuildsCommand,
  type BatchGetBuildsCommandInput,
  type Build,
  ListBuildsForProjectCommand,
  type ListBuildsForProjectCommandInput,
  ResourceNotFoundException,
  StopBuildCommand,
} from '@aws-sdk/client-codebuild';
import { beforeEach, describe, expect, it } from '@jest/globals';

import { aRunRequest } from '../../contract/builders.js';
import {
  announced,
  changeOf,
  codebuild,
  executionIs,
  MACHINE,
  NOW,
  reconcile,
  recordIs,
  resetAccount,
  stopped,
  table,
} from './mocked-account.js';

const minutesAgo = (minutes: number) => new Date(NOW.getTime() - minutes * 60_000).toISOString();
const sweep = () => reconcile({ source: 'aws.events', 'detail-type': 'Scheduled Event', detail: {} });
const failedEvent = () => {
  const event = changeOf('run-1');
  return { ...event, detail: { ...event.detail, status: 'FAILED' } };
};

interface PastBuild {
  /** Null for a build that was not started by the control plane, such as one of aws-codeseeder's client. */
  readonly runId?: string | null;
  readonly minutesOld: number;
  readonly buildComplete?: boolean;
}

/** Mocks the builds of the project, newest first, two per page. */
function projectHas(builds: Readonly<Record<string, PastBuild>>): void {
  const ids = Object.keys(builds);
  codebuild.on(ListBuildsForProjectCommand).callsFake(async (input: ListBuildsForProjectCommandInput) => {
    expect(input.sortOrder).toBe('DESCENDING');
    const start = Number(input.nextToken ?? 0);
    const nextToken = start + 2 < ids.length ? String(start + 2) : undefined;
    return { ids: ids.slice(start, start + 2), nextToken };
  });
  codebuild.on(BatchGetBuildsCommand).callsFake(async (input: BatchGetBuildsCommandInput) => ({
    builds: input.ids?.map((id): Build => {
      const { runId = 'another', minutesOld, buildComplete = false } = builds[id] ?? { minutesOld: 0 };
      return {
        id,
        buildComplete,
        startTime: new Date(minutesAgo(minutesOld)),
        environment: {
          type: 'LINUX_CONTAINER',
          image: 'i',
          computeType: 'BUILD_GENERAL1_SMALL',
          ...(runId !== null && { environmentVariables: [{ name: 'CODESEEDER_RUN_ID', value: runId }] }),
        },
      };
    }),
  }));
}

const listed = () => codebuild.commandCalls(ListBuildsForProjectCommand).map(({ args }) => args[0].input);

beforeEach(resetAccount);

describe('a run that the machine itself recorded as failed', () => {
  const over = { status: 'FAILED', buildId: 'p:1', announcedAt: minutesAgo(1) } as const;

  it.each([
    ['its execution’s event', failedEvent],
    ['the sweep, when the event was lost', () => undefined],
  ])('The build of a run that the machine recorded as failed is stopped by %s', async (_, eventOf) => {
    recordIs({ ...over, finishedAt: minutesAgo(1) });
    const event = eventOf();

    expect(await (event === undefined ? sweep() : reconcile(event))).toEqual({
      examined: 1,
      ended: ['run-1'],
      left: 0,
    });
    expect(stopped()).toEqual(['p:1']);
    expect(table.get('run-1')?.status).toBe('FAILED');
    expect(announced()).toEqual([]);
  });

  it('A failed run whose build is complete is not changed', async () => {
    recordIs({ ...over, finishedAt: minutesAgo(1) });
    projectHas({ 'p:1': { minutesOld: 10, buildComplete: true } });

    expect(await reconcile(failedEvent())).toEqual({ examined: 1, ended: [], left: 0 });
    expect(stopped()).toEqual([]);
    expect(listed()).toEqual([]);
  });
});

describe('a build that was asked for and never recorded', () => {
  const orphan = { status: 'CANCELED', buildRequestedAt: minutesAgo(30) } as const;
  const announcedOrphan = { ...orphan, announcedAt: minutesAgo(5), finishedAt: minutesAgo(5) };

  it.each([
    ['the end of its execution', () => reconcile(changeOf('run-1'))],
    ['the sweep', sweep],
  ])('An unrecorded build is found in its project, stopped and recorded by %s', async (_, act) => {
    recordIs(announcedOrphan);
    projectHas({
      'p:4': { minutesOld: 1 },
      'p:3': { minutesOld: 2 },
      'p:2': { minutesOld: 29, runId: 'run-1' },
      'p:1': { minutesOld: 90 },
    });
    await act();

    expect(stopped()).toEqual(['p:2']);
    expect(table.get('run-1')).toMatchObject({ status: 'CANCELED', buildId: 'p:2' });
    expect(listed()[0]).toMatchObject({ projectName: 'p' });
  });

  it('An unrecorded build that could not be stopped is found and stopped by the next sweep', async () => {
    recordIs({ ...announcedOrphan, finishedAt: minutesAgo(90) });
    projectHas({ 'p:2': { minutesOld: 29, runId: 'run-1' } });
    const throttled = new Error('Rate exceeded');
    throttled.name = 'ThrottlingException';
    codebuild.on(StopBuildCommand).rejectsOnce(throttled).resolves({});
    await sweep();
    expect(table.get('run-1')).not.toHaveProperty('buildId');
    await sweep();

    expect(stopped()).toEqual(['p:2', 'p:2']);
    expect(table.get('run-1')).toMatchObject({ buildId: 'p:2' });
  });

  it("The search for a run's build ignores builds that were started outside the control plane", async () => {
    recordIs(announcedOrphan);
    projectHas({
      'p:3': { minutesOld: 1, runId: null },
      'p:2': { minutesOld: 29, runId: 'run-1' },
      'p:1': { minutesOld: 30, runId: null },
    });
    await sweep();

    expect(stopped()).toEqual(['p:2']);
  });

  it('An unrecorded build is stopped and named in the announcement when its run is ended', async () => {
    recordIs({ buildRequestedAt: minutesAgo(30) });
    executionIs({ status: 'ABORTED' });
    projectHas({ 'p:2': { minutesOld: 29, runId: 'run-1' } });
    await reconcile(changeOf('run-1'));

    expect(stopped()).toEqual(['p:2']);
    expect(announced()).toMatchObject([{ status: 'CANCELED', buildId: 'p:2' }]);
  });

  it('An unrecorded build is searched for in the project that the request names', async () => {
    recordIs(announcedOrphan);
    executionIs({
      status: 'ABORTED',
      input: JSON.stringify(aRunRequest({ build: { project: 'other-project' } })),
    });
    projectHas({ 'p:2': { minutesOld: 29, runId: 'run-1' } });
    await sweep();

    expect(listed()).toMatchObject([{ projectName: 'other-project' }]);
  });

  it('The search for an unrecorded build ends at builds older than the attempt to start it', async () => {
    recordIs(announcedOrphan);
    projectHas({
      'p:4': { minutesOld: 10 },
      'p:3': { minutesOld: 32 },
      'p:2': { minutesOld: 33, runId: 'run-1' },
    });
    await sweep();

    expect(listed()).toHaveLength(1);
    expect(stopped()).toEqual([]);
  });

  it.each([
    ['once none can come any more', minutesAgo(3), undefined],
    ['but not while one may be coming', minutesAgo(1), orphan.buildRequestedAt],
  ])('An attempt without a build is removed from the record, %s', async (_, finishedAt, buildRequestedAt) => {
    recordIs({ ...announcedOrphan, finishedAt });
    projectHas({});
    await sweep();

    expect(table.get('run-1')?.buildRequestedAt).toBe(buildRequestedAt);
    expect(table.get('run-1')?.status).toBe('CANCELED');
  });

  it('An attempt to start a build is removed from the record when the project no longer exists', async () => {
    recordIs(announcedOrphan);
    codebuild
      .on(ListBuildsForProjectCommand)
      .rejects(new ResourceNotFoundException({ $metadata: {}, message: 'gone' }));

    expect(await reconcile(changeOf('run-1', MACHINE))).toEqual({ examined: 1, ended: [], left: 0 });
    expect(table.get('run-1')).not.toHaveProperty('buildRequestedAt');
  });
});
