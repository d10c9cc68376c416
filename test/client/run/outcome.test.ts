import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { StopExecutionCommand } from '@aws-sdk/client-sfn';
import { beforeEach, describe, expect, it, jest } from '@jest/globals';

import { RemoteError, RunFailedError, seedkit, type ProgressEvent } from '../../../client/index.js';
import { recordOfExecution } from '../../../client/run/unrecorded-end.js';
import { executionArnOf, resultKey } from '../../../lib/contract/index.js';
import {
  aRecord,
  AWS,
  bucket,
  dynamoDb,
  MACHINE,
  resetAccount,
  standExecution,
  standRecords,
  states,
} from '../mocked-account.js';

const kit = seedkit('demo', { aws: AWS });
const attached = () => kit.attach<unknown>('run-1');

const putResult = (result: unknown) => bucket.set(resultKey('run-1'), Buffer.from(JSON.stringify(result)));

beforeEach(() => {
  resetAccount();
  standExecution({ status: 'RUNNING' });
});

describe('waiting for a run', () => {
  it('ends with its value, each status told once', async () => {
    const events: ProgressEvent[] = [];
    standRecords(
      aRecord(),
      aRecord({ status: 'BUILDING' }),
      aRecord({ status: 'BUILDING' }),
      aRecord({ status: 'SUCCEEDED', kind: 'node' }),
    );
    putResult({ ok: true, value: { vpcId: 'vpc-1' } });
    const run = await attached();

    await expect(run.result({ onProgress: (event) => events.push(event) })).resolves.toEqual({
      vpcId: 'vpc-1',
    });
    expect(events.map((event) => ('status' in event ? `${event.type} ${event.status}` : event.type))).toEqual(
      ['status QUEUED', 'status BUILDING', 'status SUCCEEDED', 'finished SUCCEEDED'],
    );
  });

  it('reads the record consistently', async () => {
    standRecords(aRecord({ status: 'SUCCEEDED', kind: 'commands' }));
    await (await attached()).outcome();

    expect(dynamoDb.commandCalls(GetItemCommand)[0]?.args[0].input).toMatchObject({ ConsistentRead: true });
  });

  it('throws what the target threw', async () => {
    const remote = {
      name: 'QuotaError',
      message: 'quota exceeded',
      stack: 'QuotaError: quota exceeded\n    at src/deploy.ts:3:9',
      cause: {
        name: 'TypeError',
        message: 'no such stage',
        stack: 'TypeError: no such stage\n    at src/stage.ts:9:1',
        cause: { name: 'NonError', message: 'deepest' },
      },
    };
    standRecords(
      aRecord({ status: 'FAILED', failure: { code: 'RemoteError', message: 'quota exceeded', remote } }),
    );
    const error: unknown = await (await attached()).result().catch((thrown: unknown) => thrown);

    expect(error).toBeInstanceOf(RemoteError);
    expect(error).toMatchObject({
      code: 'RemoteError',
      name: 'QuotaError',
      message: 'quota exceeded',
      runId: 'run-1',
      remoteStack: remote.stack,
      cause: remote.cause,
    });
    expect((error as RemoteError).cause).toBeInstanceOf(Error);
    expect((error as RemoteError).stack).toMatch(/src\/deploy\.ts:3:9[^]*run run-1 in CodeBuild/);
  });

  it.each([
    ['FAILED', 'CommandFailed', /^Run run-1 failed in phase BUILD: exit status 3/],
    ['TIMED_OUT', 'BuildTimedOut', /^Run run-1 timed out in phase BUILD: /],
    ['CANCELED', 'RunCanceled', /^Run run-1 was canceled in phase BUILD: /],
  ] as const)('throws for %s by %s, with the link to look at', async (status, code, message) => {
    standRecords(aRecord({ status, failure: { code, message: 'exit status 3', phase: 'BUILD' } }));
    const error: unknown = await (await attached()).outcome().catch((thrown: unknown) => thrown);

    expect(error).toBeInstanceOf(RunFailedError);
    expect(error).toMatchObject({ code, message: expect.stringMatching(message), record: { status } });
    expect((error as RunFailedError).message).toContain((error as RunFailedError).consoleUrl);
  });

  it('tells when the value is no longer in the bucket', async () => {
    standRecords(aRecord({ status: 'SUCCEEDED', kind: 'node' }));

    await expect((await attached()).result()).rejects.toMatchObject({
      code: 'ResultMissing',
      message: expect.stringContaining('expire'),
    });
  });

  it('ends when the caller gives up, for the reason it gave, and does not stop the run', async () => {
    standRecords(aRecord({ status: 'BUILDING' }));
    const run = await attached();
    const giveUp = new AbortController();
    const result = run.result({
      signal: giveUp.signal,
      onProgress: () => giveUp.abort(new Error('the user left')),
    });

    await expect(result).rejects.toThrow('the user left');
    expect(states.commandCalls(StopExecutionCommand)).toHaveLength(0);
  });
});

describe('a run whose end nobody recorded', () => {
  it('ends by what its execution says, after a while', async () => {
    standRecords(aRecord({ status: 'BUILDING' }));
    standExecution({ status: 'ABORTED', cause: 'why it ended' });
    const run = await attached();
    // The record is given its time to be reconciled; here that time flies.
    let nowMs = Date.now();
    const clock = jest.spyOn(Date, 'now').mockImplementation(() => (nowMs += 60_000));
    try {
      await expect(run.outcome()).rejects.toMatchObject({
        code: 'RunCanceled',
        message: expect.stringContaining('why it ended'),
        record: { status: 'CANCELED' },
      });
    } finally {
      clock.mockRestore();
    }
  });

  it.each([
    [{ status: 'ABORTED', error: 'RunCanceled' }, 'RunCanceled', 'CANCELED'],
    [{ status: 'TIMED_OUT', error: 'States.Timeout' }, 'RunTimedOut', 'TIMED_OUT'],
    [{ status: 'FAILED', error: 'BuildTimedOut' }, 'BuildTimedOut', 'TIMED_OUT'],
    [{ status: 'FAILED', error: 'States.Runtime' }, 'ControlPlaneError', 'FAILED'],
    [undefined, 'ControlPlaneError', 'FAILED'],
  ] as const)('and whose execution is %j is %s', (execution, code, status) => {
    const run = {
      id: 'run-1',
      executionArn: executionArnOf(MACHINE, 'run-1'),
      connection: { seedkit: 'demo' },
    };
    const described = execution && {
      ...execution,
      executionArn: run.executionArn,
      stateMachineArn: MACHINE,
      startDate: new Date(0),
    };

    expect(recordOfExecution(run, described, undefined)).toMatchObject({
      runId: 'run-1',
      status,
      failure: { code },
    });
  });
});

describe('a handle', () => {
  it('is there for a run that exists, found by its execution or, later, its record alone', async () => {
    await expect(attached()).resolves.toMatchObject({
      id: 'run-1',
      executionArn: executionArnOf(MACHINE, 'run-1'),
    });
    const gone = Object.assign(new Error('gone'), { name: 'ExecutionDoesNotExist' });
    states.rejects(gone);
    standRecords(aRecord({ status: 'SUCCEEDED' }));
    await expect((await attached()).status()).resolves.toBe('SUCCEEDED');
    standRecords(undefined);
    await expect(attached()).rejects.toMatchObject({
      code: 'RunNotFound',
      message: expect.stringContaining('"run-1"'),
    });
  });

  it.each([
    ['RUNNING', 'QUEUED'],
    ['FAILED', 'FAILED'],
  ] as const)('of a run without a record whose execution is %s has status %s', async (execution, status) => {
    const run = await attached();
    standExecution({ status: execution });

    await expect(run.status()).resolves.toBe(status);
    await expect(run.record()).resolves.toBeUndefined();
  });

  it('stops the execution, saying who and why, within what the service takes', async () => {
    const run = await attached();
    await run.cancel('no longer needed');
    await run.cancel('x'.repeat(100_000));

    const [first, second] = states.commandCalls(StopExecutionCommand).map(({ args: [{ input }] }) => input);
    expect(first).toMatchObject({ executionArn: run.executionArn, error: 'RunCanceled' });
    expect(first?.cause).toMatch(/^Canceled by \S+@\S+: no longer needed$/);
    expect(second?.cause?.length).toBeLessThanOrEqual(32_768);
  });
});
