import { getEventListeners } from 'node:events';

import { BatchGetBuildsCommand, CodeBuildClient } from '@aws-sdk/client-codebuild';
import { GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { BatchGetItemCommand } from '@aws-sdk/client-dynamodb';
import { DescribeExecutionCommand } from '@aws-sdk/client-sfn';
import { marshall } from '@aws-sdk/util-dynamodb';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';

import type { ProgressEvent } from '../../../client/index.js';
import { executionArnOf } from '../../../lib/contract/index.js';
import {
  aRecord,
  AWS,
  dynamoDb,
  logs,
  MACHINE,
  resetAccount,
  mockExecution,
  mockRecords,
  states,
} from '../mocked-account.js';
import { resetSleep, sleeping, slept, sleptMs } from './simulated-sleep.js';

// Imported only now, after its timer module was replaced by a simulated one.
const { connect } = await import('../../../client/connection/connection.js');
const { createRun } = await import('../../../client/run/run-handle.js');

const codeBuild = mockClient(CodeBuildClient);
const aRun = () => createRun('run-1', executionArnOf(MACHINE, 'run-1'), connect('demo', AWS));
const building = aRecord({ status: 'BUILDING', buildId: 'codeseeder-demo:1' });
const over = aRecord({ status: 'SUCCEEDED', kind: 'commands' });
const times = (count: number, record = building) => Array<typeof building>(count).fill(record);

beforeEach(() => {
  resetAccount();
  codeBuild.reset();
  codeBuild.on(BatchGetBuildsCommand).resolves({ builds: [] });
  mockExecution({ status: 'RUNNING' });
  resetSleep();
});
afterEach(() => {
  jest.restoreAllMocks();
});

function failingFor(reads: number, error: Error): void {
  let left = reads;
  dynamoDb.on(BatchGetItemCommand).callsFake(() => {
    left -= 1;
    if (left >= 0) throw error;
    return { Responses: { 'codeseeder-demo-runs': [marshall(over, { removeUndefinedValues: true })] } };
  });
}

const awsError = (name: string, httpStatusCode = 400) =>
  Object.assign(new Error('Rate exceeded'), { name, $metadata: { httpStatusCode } });

describe('Waiting for the end', () => {
  it('A wait with many reads leaves no listeners on the signal of its caller', async () => {
    mockRecords(...times(50), over);
    const { signal } = new AbortController();
    await aRun().outcome({ signal });

    expect(getEventListeners(signal, 'abort').length).toBeLessThan(5);
  });

  it('The record of a run is read soon at first, and every second later', async () => {
    mockRecords(...times(200), over);
    await aRun().outcome();

    // Leaves out the last sleep: no run is due any more, so it is long, and it is aborted when the run has ended.
    const waits = slept.filter((ms) => ms > 0 && ms < 60_000);
    expect(waits[0]).toBeLessThanOrEqual(200);
    expect(Math.max(...waits)).toBeLessThanOrEqual(1_000);
    expect(waits.at(-1)).toBe(1_000);
  });

  it('Each phase of the build is reported once, from the record', async () => {
    const phases = ['SUBMITTED', 'INSTALL', 'INSTALL', 'BUILD', 'BUILD'];
    mockRecords(undefined, aRecord(), ...phases.map((phase) => ({ ...building, phase })), {
      ...over,
      phase: 'COMPLETED',
    });
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
    expect(codeBuild.calls()).toEqual([]);
  });

  it('Each reason why a run stays queued is reported once', async () => {
    const waiting = (queuedReason: string) => aRecord({ queuedReason });
    mockRecords(aRecord(), waiting('full'), waiting('full'), waiting('throttled'), over);
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

  it.each([
    ['throttling', awsError('ThrottlingException')],
    ['a server error', awsError('InternalServerError', 500)],
    ['a lost connection', Object.assign(new Error('reset'), { code: 'ECONNRESET' })],
    [
      'a network without AWS',
      Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED', address: '52.95.1.1' }),
    ],
  ])('Waiting continues for a quarter of an hour of %s', async (_what, error) => {
    failingFor(600, error);
    await expect(aRun().outcome()).resolves.toMatchObject({ status: 'SUCCEEDED' });
    expect(sleptMs()).toBeGreaterThan(800_000);
  });

  it('Waiting ends when AWS refuses the request', async () => {
    failingFor(1, awsError('AccessDeniedException'));
    await expect(aRun().outcome()).rejects.toMatchObject({ name: 'AccessDeniedException' });
  });

  it('Waiting ends with an error when the local AWS has stopped', async () => {
    failingFor(1, Object.assign(new Error('refused'), { code: 'ECONNREFUSED', address: '127.0.0.1' }));
    await expect(aRun().outcome()).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('A record that DynamoDB leaves out of its answer is read again', async () => {
    dynamoDb
      .on(BatchGetItemCommand)
      .resolvesOnce({ UnprocessedKeys: { 'codeseeder-demo-runs': { Keys: [marshall({ runId: 'run-1' })] } } })
      .resolves({ Responses: { 'codeseeder-demo-runs': [marshall(over, { removeUndefinedValues: true })] } });
    await expect(aRun().outcome()).resolves.toMatchObject({ status: 'SUCCEEDED' });
  });

  it('The execution of a run whose record does not change is described in growing intervals', async () => {
    mockRecords(...times(1_200), over);
    await aRun().outcome();

    expect(sleptMs()).toBeGreaterThan(1_000_000);
    const described = states.commandCalls(DescribeExecutionCommand).length;
    expect(described).toBeGreaterThan(5);
    expect(described).toBeLessThan(20);
  });

  it('The execution of a run whose record changes is not described', async () => {
    mockRecords(...times(2), ...times(2, aRecord({ status: 'BUILDING', phase: 'BUILD' })), over);
    await aRun().outcome();

    expect(states.commandCalls(DescribeExecutionCommand)).toHaveLength(0);
  });
});

describe('A thousand runs', () => {
  const manyRuns = () => {
    const connection = connect('demo', AWS);
    return Array.from({ length: 1_000 }, (_, index) =>
      createRun(`run-${index}`, executionArnOf(MACHINE, `run-${index}`), connection),
    );
  };
  const mockBatches = (recordNow: () => object, onRequest: () => void) => {
    dynamoDb
      .on(BatchGetItemCommand)
      .callsFake(({ RequestItems }: { RequestItems: Record<string, Batch> }) => {
        onRequest();
        const keys = RequestItems['codeseeder-demo-runs']?.Keys ?? [];
        expect(new Set(keys.map((key) => JSON.stringify(key))).size).toBe(keys.length);
        const record = marshall(recordNow(), { removeUndefinedValues: true });
        return { Responses: { 'codeseeder-demo-runs': keys.map((key) => ({ ...record, ...key })) } };
      });
  };

  it('Waiting for 1,000 runs makes at most 12 requests to DynamoDB and 1 to Step Functions a second', async () => {
    const startedMs = Date.now();
    const requested = { records: [] as number[], executions: [] as number[] };
    mockBatches(
      () => (Date.now() - startedMs < 60_000 ? building : over),
      () => requested.records.push(Date.now()),
    );
    states.on(DescribeExecutionCommand).callsFake(() => {
      requested.executions.push(Date.now());
      return { status: 'RUNNING' };
    });
    const runs = manyRuns();
    // Some runs are waited for twice, because several callers may wait for the same run.
    const outcomes = await Promise.all([...runs, ...runs.slice(0, 5)].map((run) => run.outcome()));

    expect(outcomes.map(({ status }) => status)).toEqual(Array<string>(1_005).fill('SUCCEEDED'));
    expect(mostInOneSecond(requested.records)).toBeLessThanOrEqual(12);
    expect(mostInOneSecond(requested.executions)).toBeLessThanOrEqual(1);
    expect(Date.now() - startedMs).toBeLessThan(63_000);
  });

  it('Nothing keeps the process running after the last of many runs has ended', async () => {
    const startedMs = Date.now();
    mockBatches(
      () => (Date.now() - startedMs < 10_000 ? building : over),
      () => undefined,
    );
    await Promise.all(manyRuns().map((run) => run.outcome()));
    await new Promise((resolve) => setImmediate(resolve));

    expect(states.commandCalls(DescribeExecutionCommand).length).toBeGreaterThan(0);
    expect(sleeping()).toBe(0);
  });

  it('Following the logs of 1,000 runs makes at most 5 requests to CloudWatch Logs a second, of which some may be throttled, and delays no value by more than the wait for last lines', async () => {
    const startedMs = Date.now();
    const log = { logGroup: '/aws/codebuild/codeseeder-demo', logStream: 'build-1' };
    mockBatches(
      () => ({ ...(Date.now() - startedMs < 15_000 ? building : over), ...log }),
      () => undefined,
    );
    const requestedMs: number[] = [];
    logs.on(GetLogEventsCommand).callsFake(() => {
      requestedMs.push(Date.now());
      if (requestedMs.length % 5 === 0) throw awsError('ThrottlingException');
      return { events: [{ timestamp: 1, message: 'line' }], nextForwardToken: 'a' };
    });
    const lines: string[] = [];
    const outcomes = await Promise.all(
      manyRuns().map((run) => run.outcome({ onLog: (line) => lines.push(line) })),
    );

    expect(outcomes.map(({ status }) => status)).toEqual(Array<string>(1_000).fill('SUCCEEDED'));
    expect(mostInOneSecond(requestedMs)).toBeLessThanOrEqual(5);
    expect(lines.length).toBeGreaterThan(50);
    expect(Date.now() - startedMs).toBeLessThan(30_000);
  });
});

interface Batch {
  readonly Keys: Record<string, never>[];
}

/** Returns the largest number of times in any period of 999 milliseconds. */
function mostInOneSecond(timesMs: readonly number[]): number {
  const counts = timesMs.map(
    (from) => timesMs.filter((timeMs) => timeMs >= from && timeMs < from + 999).length,
  );
  return Math.max(0, ...counts);
}

describe('An execution that ended without its record', () => {
  const aborted = { status: 'ABORTED', cause: 'stopped in the console' } as const;

  it('Waiting ends by the execution when the record stays open for half a minute after it', async () => {
    mockRecords(building);
    mockExecution({ ...aborted, stopDate: new Date() });

    await expect(aRun().outcome()).rejects.toMatchObject({
      code: 'RunCanceled',
      message: expect.stringContaining('stopped in the console'),
    });
    expect(sleptMs()).toBeGreaterThan(30_000);
    expect(sleptMs()).toBeLessThan(40_000);
  });

  it('Waiting ends by the record when that ends within half a minute after the execution', async () => {
    const failure = { code: 'RunCanceled', message: 'recorded by reconcile-run' };
    mockRecords(...times(12), aRecord({ status: 'CANCELED', failure }));
    mockExecution({ ...aborted, stopDate: new Date() });

    await expect(aRun().outcome()).rejects.toMatchObject({
      message: expect.stringContaining('recorded by reconcile-run'),
    });
  });

  it('An execution that waits to be redriven has not ended', async () => {
    mockRecords(...times(300), over);
    mockExecution({ status: 'PENDING_REDRIVE' });

    await expect(aRun().outcome()).resolves.toMatchObject({ status: 'SUCCEEDED' });
    expect(sleptMs()).toBeGreaterThan(200_000);
  });

  it('An execution that Step Functions does not find in its first seconds counts as running', async () => {
    mockRecords(...Array<undefined>(20).fill(undefined), over);
    states.on(DescribeExecutionCommand).rejects(awsError('ExecutionDoesNotExist'));

    await expect(aRun().outcome()).resolves.toMatchObject({ status: 'SUCCEEDED' });
  });
});
