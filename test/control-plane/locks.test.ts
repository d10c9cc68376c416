import { S3Client } from '@aws-sdk/client-s3';
import { SFNClient, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';

import {
  BUILD_VARIABLES,
  executionArnOf,
  type LockMode,
  parseRunRequest,
  type RunRecord,
} from '../../lib/contract/index.js';
import { startExecution } from '../../lib/run-store/execution.js';
import { putInput } from '../../lib/run-store/files.js';
import { lockBreaches } from '../soak/lock-invariants.js';
import { STATE_MACHINE_ARN } from '../soak/simulated/executions.js';
import { createWorld, type World } from '../soak/simulated/world.js';

const MINUTE_MS = 60_000;
const INVOCATION = Buffer.from(JSON.stringify({ kind: 'commands', target: ['true'] }));

let world: World;
/** Number of calls of each handler and service operation, and of state transitions. */
let counts: Record<string, number>;

/** Opens a simulated account with the real handlers and state machine, in simulated time. */
function open(options: { readonly losesEvents?: boolean; readonly buildMinutes?: number } = {}): void {
  const { losesEvents = false, buildMinutes = 3 } = options;
  counts = {};
  const count = (name: string) => (counts[name] = (counts[name] ?? 0) + 1);
  world = createWorld({
    seed: 1,
    faultShare: 0,
    losesEvents,
    quotas: 'none',
    buildConcurrency: 20,
    workOf: () => ({
      seconds: buildMinutes * 60,
      succeeds: true,
      exported: {},
      upload: () => undefined,
    }),
    onWrite: () => undefined,
    meter: {
      historyEvent: () => undefined,
      invocation: (name) => count(name),
      request: (service, operation) => count(`${service}:${operation}`),
      transition: () => count('transition'),
    },
  });
  world.network.isFaulty = false;
}

async function submit(
  runId: string,
  options: { lock?: string; lockMode?: LockMode; queuedTimeoutMinutes?: number } = { lock: 'dev' },
): Promise<void> {
  const { queuedTimeoutMinutes, ...lock } = options;
  const input = await putInput(runId, INVOCATION, { s3: world.client(S3Client, 's3'), bucket: 'bucket' });
  const build = queuedTimeoutMinutes === undefined ? {} : { queuedTimeoutMinutes };
  const request = parseRunRequest({ version: 1, runId, seedkit: 'demo', input, build, ...lock });
  const sfn = world.client(SFNClient, 'states');
  await startExecution(request, { sfn, stateMachineArn: STATE_MACHINE_ARN });
}

async function stop(runId: string): Promise<void> {
  const executionArn = executionArnOf(STATE_MACHINE_ARN, runId);
  const command = new StopExecutionCommand({ executionArn, error: 'RunCanceled', cause: 'test' });
  await world.client(SFNClient, 'states').send(command);
}

const sweep = () =>
  world.functions.deliver('reconcile-run', { 'detail-type': 'Scheduled Event', detail: {} });
const minutes = (count: number) => world.time.sleep(count * MINUTE_MS);
const record = (runId: string): Partial<RunRecord> => world.record(runId) ?? {};
const statuses = () => Object.fromEntries(world.records().map(({ runId, status }) => [runId, status]));

/** Submits runs one after the other. Waits until each run is in the queue before it submits the next. */
async function submitInOrder(...runIds: string[]): Promise<void> {
  for (const runId of runIds) {
    await submit(runId);
    await minutes(0.2);
  }
}

/** Returns the ids of the runs in the order in which their builds started. */
function buildOrder(): string[] {
  return world.builds
    .all()
    .sort((one, other) => (one.startTime?.getTime() ?? 0) - (other.startTime?.getTime() ?? 0))
    .map(({ environment }) => {
      const variables = environment?.environmentVariables ?? [];
      return variables.find(({ name }) => name === BUILD_VARIABLES.runId)?.value ?? '';
    });
}

const breaches = () => lockBreaches(world.records(), world.builds.all(), world.locks());

beforeEach(() => open());
afterEach(() => {
  world.time.stop();
  jest.restoreAllMocks();
});

describe('Runs with one lock', () => {
  it('Runs with one lock build in the order of their queueing, one at a time, and leave no lock', async () => {
    await submitInOrder('a', 'b', 'c');
    expect([record('b').queuedReason, record('c').queuedReason]).toEqual([
      'Waits for the lock dev until the run a has ended.',
      'Waits for the lock dev until the run b has ended.',
    ]);
    await minutes(30);

    expect(statuses()).toEqual({ a: 'SUCCEEDED', b: 'SUCCEEDED', c: 'SUCCEEDED' });
    expect(buildOrder()).toEqual(['a', 'b', 'c']);
    expect(breaches()).toEqual([]);
    const [first = 0, ...later] = ['a', 'b', 'c'].map((runId) => record(runId).lockToken);
    expect(later).toEqual([first + 1, first + 2]);
  });

  it('A run without a lock makes no additional transition, request or call of a handler', async () => {
    await submit('free', {});
    await minutes(10);
    const { transition, ...calls } = counts;

    // Besides one transition for each check of the build, there are 13: InitializeRun, PrepareRun, RecordQueued,
    // EmitQueued, StartBuild, RecordBuilding, EmitBuilding, CollectOutcome, RecordOutcome, EmitOutcome,
    // RecordAnnounced, DidRunSucceed and RunSucceeded.
    expect(transition).toBe(13 + (counts['poll-build'] ?? 0));
    expect(calls['await-lock']).toBeUndefined();
    expect(calls['dynamodb:GetItem']).toBe(2);
    expect(world.locks()).toEqual([]);
  });

  it('A run with a free lock makes the same transitions as a run without a lock', async () => {
    await submit('free', {});
    await minutes(10);
    const { transition: without = 0 } = counts;
    await submit('locked');
    await minutes(10);

    expect(statuses()).toEqual({ free: 'SUCCEEDED', locked: 'SUCCEEDED' });
    expect((counts['transition'] ?? 0) - without).toBeLessThanOrEqual(without + 1);
    expect(counts['await-lock']).toBeUndefined();
  });

  it('A run that refuses to wait fails at once and names the run that holds the lock', async () => {
    await submitInOrder('a');
    await submit('b', { lock: 'dev', lockMode: 'refuse' });
    await minutes(1);

    expect(record('b')).toMatchObject({
      status: 'FAILED',
      failure: { code: 'LockHeld', message: expect.stringContaining('is held by the run a since') },
    });
  });

  it('A run that replaces others cancels the runs that wait, not the holder of the lock, even if their waits are not ended at once', async () => {
    await submitInOrder('a', 'b', 'c');
    // The first call that ends the wait of b has no effect. The sweep must repeat it.
    const fail = jest.spyOn(world.executions.operations, 'SendTaskFailure').mockReturnValueOnce({});
    await submit('d', { lock: 'dev', lockMode: 'replace' });
    await minutes(0.5);
    expect(fail).toHaveBeenCalledTimes(2);
    expect(statuses()).toMatchObject({ a: 'BUILDING', b: 'QUEUED', c: 'CANCELED', d: 'QUEUED' });
    await sweep();
    await minutes(10);

    expect(statuses()).toEqual({ a: 'SUCCEEDED', b: 'CANCELED', c: 'CANCELED', d: 'SUCCEEDED' });
    expect(record('b').failure).toMatchObject({
      code: 'LockReplaced',
      message: expect.stringContaining('The run d took the place of this run, b'),
    });
    await sweep();
    expect(breaches()).toEqual([]);
  });

  it('A run that waits until its queue timeout ends as QueueTimedOut and leaves the queue', async () => {
    open({ buildMinutes: 60 });
    await submitInOrder('a');
    await submit('b', { lock: 'dev', queuedTimeoutMinutes: 10 });
    await minutes(12);

    expect(record('b')).toMatchObject({
      status: 'TIMED_OUT',
      failure: {
        code: 'QueueTimedOut',
        message: expect.stringContaining('Waits for the lock dev until the run a has ended.'),
      },
    });
    expect(world.locks()).toMatchObject([{ holder: { runId: 'a' }, waiting: [] }]);
  });
});

describe('A stopped run', () => {
  it('A run that is stopped while it waits leaves the queue, and the record of the next run names another run', async () => {
    await submitInOrder('a', 'b', 'c');
    await stop('b');
    await minutes(0.5);

    expect(record('b').status).toBe('CANCELED');
    expect(world.locks()).toMatchObject([{ holder: { runId: 'a' }, waiting: ['c'] }]);
    expect(record('c').queuedReason).toBe('Waits for the lock dev until the run a has ended.');
  });

  it.each([
    ['its event', false],
    ['a sweep, when all events are lost,', true],
  ])(
    'The lock of a stopped run is kept until its build has ended, and %s gives it to the next run',
    async (_, losesEvents) => {
      open({ losesEvents });
      await submitInOrder('a');
      await minutes(1);
      await submitInOrder('b');
      await stop('a');
      for (let sweeps = 0; sweeps < 20; sweeps += 1) {
        await minutes(0.25);
        const build = world.builds.all()[0];
        const [lock] = world.locks();
        if (build?.buildComplete !== true) expect(lock?.holder?.runId).toBe('a');
        if (losesEvents) await sweep();
      }
      await minutes(10);
      if (losesEvents) await sweep();

      expect(statuses()).toEqual({ a: 'CANCELED', b: 'SUCCEEDED' });
      expect(breaches()).toEqual([]);
    },
  );

  it('The lock of a run that is stopped before it has a build is free at once', async () => {
    const { StartBuild } = world.builds.operations;
    const busy = jest.spyOn(world.builds.operations, 'StartBuild').mockImplementation(() => {
      throw Object.assign(new Error('busy'), { name: 'ThrottlingException' });
    });
    await submitInOrder('a');
    await minutes(1);
    expect(record('a')).toMatchObject({ status: 'QUEUED' });
    await submitInOrder('b');
    busy.mockImplementation(StartBuild);
    await stop('a');
    for (let sweeps = 0; sweeps < 4; sweeps += 1) {
      await minutes(2);
      await sweep();
    }

    expect(statuses()).toEqual({ a: 'CANCELED', b: 'SUCCEEDED' });
    expect(breaches()).toEqual([]);
  });
});

describe('Lost messages', () => {
  it('The next sweep ends the wait of a run that has got its lock', async () => {
    await submitInOrder('a', 'b');
    const { SendTaskSuccess } = world.executions.operations;
    let lost = 0;
    jest.spyOn(world.executions.operations, 'SendTaskSuccess').mockImplementation((input) => {
      if (world.locks()[0]?.holder?.runId !== 'b' || lost > 0) return SendTaskSuccess(input);
      lost += 1;
      return {};
    });
    await minutes(8);
    expect(lost).toBe(1);
    expect(world.locks()).toMatchObject([{ holder: { runId: 'b' }, waiting: [] }]);
    expect(record('b').status).toBe('QUEUED');
    await sweep();
    await minutes(8);

    expect(statuses()).toEqual({ a: 'SUCCEEDED', b: 'SUCCEEDED' });
    expect(breaches()).toEqual([]);
  });

  it('The next sweep gives a released lock to the next run', async () => {
    await submitInOrder('a', 'b');
    // Simulates a handler that is killed after the first of its two writes.
    const { UpdateItem } = world.lockOperations;
    const write = jest.spyOn(world.lockOperations, 'UpdateItem').mockImplementation((request) => {
      if (request.UpdateExpression.includes('#waiting[0]')) throw new Error('killed');
      return UpdateItem(request);
    });
    await minutes(6);
    expect(world.locks()[0]).toMatchObject({ waiting: ['b'] });
    expect(world.locks()[0]?.holder).toBeUndefined();
    write.mockRestore();
    await sweep();
    await minutes(8);

    expect(statuses()).toEqual({ a: 'SUCCEEDED', b: 'SUCCEEDED' });
    expect(breaches()).toEqual([]);
  });
});
