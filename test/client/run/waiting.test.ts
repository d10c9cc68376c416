import { GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { BatchGetBuildsCommand, CodeBuildClient, CodeBuildServiceException } from '@aws-sdk/client-codebuild';
import { DescribeExecutionCommand } from '@aws-sdk/client-sfn';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';

import type { ProgressEvent } from '../../../client/index.js';
import { executionArnOf } from '../../../lib/contract/index.js';
import {
  aRecord,
  AWS,
  logs,
  MACHINE,
  resetAccount,
  standExecution,
  standRecords,
  states,
} from '../mocked-account.js';
import { resetSleep, slept, sleptMs } from './simulated-sleep.js';

// Loaded after its clock was replaced.
const { connect } = await import('../../../client/connection/connection.js');
const { createRun } = await import('../../../client/run/run-handle.js');

const codeBuild = mockClient(CodeBuildClient);
const aRun = () => createRun('run-1', executionArnOf(MACHINE, 'run-1'), connect('demo', AWS));
const building = aRecord({ status: 'BUILDING', buildId: 'codeseeder-demo:1' });
const over = aRecord({ status: 'SUCCEEDED', kind: 'commands' });

beforeEach(() => {
  resetAccount();
  codeBuild.reset();
  codeBuild.on(BatchGetBuildsCommand).resolves({ builds: [] });
  standExecution({ status: 'RUNNING' });
  resetSleep();
});
afterEach(() => {
  jest.restoreAllMocks();
});

describe('waiting for the end', () => {
  it('looks soon at first and then every five seconds', async () => {
    standRecords(...Array<typeof building>(20).fill(building), over);
    await aRun().outcome();

    expect(slept).toHaveLength(20);
    expect(slept[0]).toBeLessThanOrEqual(500);
    expect(slept).toEqual([...slept].sort((a, b) => a - b));
    expect(slept.at(-1)).toBe(5_000);
  });

  it('tells each phase of the build once, in their order, and none after the end', async () => {
    const phases = ['SUBMITTED', 'INSTALL', 'INSTALL', 'BUILD', 'BUILD'];
    phases.reduce(
      (builds, currentPhase) => builds.resolvesOnce({ builds: [{ currentPhase }] }),
      codeBuild.on(BatchGetBuildsCommand),
    );
    standRecords(undefined, aRecord(), ...phases.map(() => building), { ...over, phase: 'COMPLETED' });
    const events: ProgressEvent[] = [];
    await aRun().outcome({ onProgress: (event) => events.push(event) });

    expect(
      events.map((event) =>
        'phase' in event ? event.phase : `${event.type} ${'status' in event && event.status}`,
      ),
    ).toEqual([
      'status QUEUED',
      'status BUILDING',
      'SUBMITTED',
      'INSTALL',
      'BUILD',
      'status SUCCEEDED',
      'COMPLETED',
      'finished SUCCEEDED',
    ]);
    expect(codeBuild.commandCalls(BatchGetBuildsCommand)[0]?.args[0].input).toEqual({
      ids: [building.buildId],
    });
  });

  it('tells why a run stays queued, once for each reason', async () => {
    const waiting = (queuedReason: string) => aRecord({ queuedReason });
    standRecords(aRecord(), waiting('full'), waiting('full'), waiting('throttled'), over);
    const events: ProgressEvent[] = [];
    await aRun().outcome({ onProgress: (event) => events.push(event) });

    expect(
      events.flatMap((event) => (event.type === 'status' ? [[event.status, event.reason]] : [])),
    ).toEqual([
      ['QUEUED', undefined],
      ['QUEUED', 'full'],
      ['QUEUED', 'throttled'],
      ['SUCCEEDED', undefined],
    ]);
  });

  it('waits on when CodeBuild does not give the phase', async () => {
    const throttled = new CodeBuildServiceException({
      name: 'ThrottlingException',
      $fault: 'client',
      $metadata: {},
    });
    codeBuild.on(BatchGetBuildsCommand).rejects(throttled);
    standRecords(building, over);

    expect(await aRun().outcome({ onProgress: () => undefined })).toMatchObject({ status: 'SUCCEEDED' });
  });

  it('asks for no phases where nobody wants to know', async () => {
    standRecords(building, building, over);
    await aRun().outcome();

    expect(codeBuild.calls()).toHaveLength(0);
  });

  it('looks at the execution now and then, not every time', async () => {
    standRecords(...Array<typeof building>(12).fill(building), over);
    await aRun().outcome();

    expect(states.commandCalls(DescribeExecutionCommand)).toHaveLength(3);
  });
});

describe('an execution that ended without its record', () => {
  const aborted = { status: 'ABORTED', cause: 'stopped in the console' } as const;

  it('ends the waiting by itself when its record stays open for half a minute', async () => {
    standRecords(building);
    standExecution({ ...aborted, stopDate: new Date() });

    await expect(aRun().outcome()).rejects.toMatchObject({
      code: 'RunCanceled',
      message: expect.stringContaining('stopped in the console'),
    });
    expect(sleptMs()).toBeGreaterThan(30_000);
    expect(sleptMs()).toBeLessThan(40_000);
  });

  it('ends by its record where that comes in time', async () => {
    const failure = { code: 'RunCanceled', message: 'recorded by reconcile-run' };
    standRecords(...Array<typeof building>(12).fill(building), aRecord({ status: 'CANCELED', failure }));
    standExecution({ ...aborted, stopDate: new Date() });

    await expect(aRun().outcome()).rejects.toMatchObject({
      message: expect.stringContaining('recorded by reconcile-run'),
    });
  });

  it('is not taken for ended while it waits to be redriven', async () => {
    standRecords(...Array<typeof building>(60).fill(building), over);
    standExecution({ status: 'PENDING_REDRIVE' });

    await expect(aRun().outcome()).resolves.toMatchObject({ status: 'SUCCEEDED' });
    expect(sleptMs()).toBeGreaterThan(200_000);
  });
});

describe('a log that is followed', () => {
  const place = { logGroup: 'group', logStream: 'stream' };
  const lines = async () => {
    const messages: string[] = [];
    for await (const { message } of aRun().logs()) messages.push(message);
    return messages;
  };

  it('is looked at three times more after the end, half a second apart', async () => {
    standRecords({ ...over, ...place });
    logs.on(GetLogEventsCommand).resolves({ events: [], nextForwardToken: 'end' });

    expect(await lines()).toEqual([]);
    // The first look learns the token; three more find it standing still.
    expect(logs.commandCalls(GetLogEventsCommand)).toHaveLength(4);
    expect(slept).toEqual([500, 500]);
  });

  it('is looked at ever more seldom while nothing comes, and soon again when something does', async () => {
    standRecords(...Array<typeof building>(8).fill({ ...building, ...place }), { ...over, ...place });
    let looks = 0;
    logs.on(GetLogEventsCommand).callsFake(() => {
      looks += 1;
      return looks === 7
        ? { events: [{ timestamp: 1, message: 'line' }], nextForwardToken: 'b' }
        : { events: [], nextForwardToken: looks < 7 ? 'a' : 'b' };
    });

    expect(await lines()).toEqual(['line']);
    expect(slept.slice(0, 6)).toEqual([500, 750, 1_125, 1_687.5, 2_000, 500]);
  });

  it('of a run that was refused ends without a look or a wait', async () => {
    standRecords(aRecord({ status: 'FAILED', failure: { code: 'BundleMissing', message: 'no' } }));

    expect(await lines()).toEqual([]);
    expect(slept).toEqual([]);
    expect(logs.calls()).toHaveLength(0);
  });

  it('whose every page is empty but the last is read to its end', async () => {
    standRecords({ ...over, ...place });
    logs.on(GetLogEventsCommand).callsFake(({ nextToken = '0' }: { nextToken?: string }) => {
      const at = Number(nextToken);
      return {
        events: at === 50 ? [{ timestamp: 1, message: 'found' }] : [],
        nextForwardToken: String(Math.min(at + 1, 51)),
      };
    });

    expect(await lines()).toEqual(['found']);
  });
});
