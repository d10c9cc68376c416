import { BatchGetItemCommand } from '@aws-sdk/client-dynamodb';
import { StopExecutionCommand } from '@aws-sdk/client-sfn';
import { beforeEach, describe, expect, it } from '@jest/globals';

import { RemoteError, RunFailedError, seedkit, type ProgressEvent } from '../../../client/index.js';
import { executionArnOf, invocationKey, resultKey, type RunRecord } from '../../../lib/contract/index.js';
import { aNodeInvocation, anInput, aRunRequest } from '../../contract/builders.js';
import {
  aRecord,
  AWS,
  bucket,
  dynamoDb,
  MACHINE,
  resetAccount,
  putResult,
  mockExecution,
  mockRecords,
  states,
} from '../mocked-account.js';

const kit = seedkit('demo', { aws: AWS });
const attached = () => kit.attach<unknown>('run-1');

beforeEach(() => {
  resetAccount();
  mockExecution({ status: 'RUNNING' });
});

describe('waiting for a run', () => {
  it('Waiting for a run ends with its value, and reports each status once', async () => {
    const events: ProgressEvent[] = [];
    mockRecords(
      aRecord(),
      aRecord({ status: 'BUILDING' }),
      aRecord({ status: 'BUILDING' }),
      aRecord({ status: 'SUCCEEDED', kind: 'node', ...putResult('{"ok":true,"value":{"vpcId":"vpc-1"}}') }),
    );
    const run = await attached();

    await expect(run.result({ onProgress: (event) => events.push(event) })).resolves.toEqual({
      vpcId: 'vpc-1',
    });
    expect(events.map((event) => ('status' in event ? `${event.type} ${event.status}` : event.type))).toEqual(
      ['status QUEUED', 'status BUILDING', 'status SUCCEEDED', 'finished SUCCEEDED'],
    );
  });

  it('Waiting for a run reads the record consistently', async () => {
    mockRecords(aRecord({ status: 'SUCCEEDED', kind: 'commands' }));
    await (await attached()).outcome();

    expect(dynamoDb.commandCalls(BatchGetItemCommand)[0]?.args[0].input).toMatchObject({
      RequestItems: { 'codeseeder-demo-runs': { ConsistentRead: true } },
    });
  });

  it('Waiting for a run throws the error that the target threw', async () => {
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
    mockRecords(
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
    ['FAILED', 'CommandFailed', /^Run run-1 failed in phase BUILD: exit status 3\. See /],
    ['TIMED_OUT', 'BuildTimedOut', /^Run run-1 timed out in phase BUILD: /],
    ['CANCELED', 'RunCanceled', /^Run run-1 was canceled in phase BUILD: /],
  ] as const)(
    'Waiting for a run that is %s throws an error with the code %s that says where to see more',
    async (status, code, message) => {
      mockRecords(aRecord({ status, failure: { code, message: 'exit status 3', phase: 'BUILD' } }));
      const error: unknown = await (await attached()).outcome().catch((thrown: unknown) => thrown);

      expect(error).toBeInstanceOf(RunFailedError);
      expect(error).toMatchObject({ code, message: expect.stringMatching(message), record: { status } });
      expect((error as RunFailedError).message).toMatch(/\. See codeseeder runs show run-1$/);
    },
  );

  it('Waiting for a run fails with ResultMissing when its value is no longer in the bucket', async () => {
    mockRecords(aRecord({ status: 'SUCCEEDED', kind: 'node', ...putResult('{"ok":true,"value":1}') }));
    bucket.clear();

    await expect((await attached()).result()).rejects.toMatchObject({
      code: 'ResultMissing',
      message: expect.stringContaining('expire'),
    });
  });

  it("Waiting for a run ends with the reason of the caller's abort, and does not stop the run", async () => {
    mockRecords(aRecord({ status: 'BUILDING' }));
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

describe('A run whose end is not recorded', () => {
  const COMMANDS = { kind: 'commands', target: ['true'] };
  const RESULT = '{"ok":true,"value":{"vpcId":"vpc-1"}}';
  const executionOf = (
    members: Pick<RunRecord, 'outputKey' | 'result'>,
    invocation: object = aNodeInvocation(),
  ) =>
    ({
      status: 'SUCCEEDED',
      startDate: new Date(1_000),
      stopDate: new Date(61_000),
      input: JSON.stringify(aRunRequest({ input: anInput(invocation), labels: { stage: 'dev' } })),
      output: JSON.stringify({
        runId: 'run-1',
        status: 'SUCCEEDED',
        outputKey: members.outputKey ?? null,
        result: members.result ?? null,
        exportedVariables: { VPC: 'vpc-1' },
      }),
    }) as const;
  const putInvocation = (invocation: object) =>
    bucket.set(invocationKey('run-1'), Buffer.from(JSON.stringify(invocation)));

  it('`outcome()` gives the value of a run whose record has expired', async () => {
    mockExecution(executionOf(putResult(RESULT)));
    putInvocation(aNodeInvocation());

    await expect((await attached()).outcome()).resolves.toMatchObject({
      status: 'SUCCEEDED',
      value: { vpcId: 'vpc-1' },
      exportedVariables: { VPC: 'vpc-1' },
      record: {
        runId: 'run-1',
        kind: 'node',
        labels: { stage: 'dev' },
        queuedAt: '1970-01-01T00:00:01.000Z',
        finishedAt: '1970-01-01T00:01:01.000Z',
        durationMs: 60_000,
      },
    });
  });

  it('`outcome()` gives null for commands whose record has expired', async () => {
    mockExecution(executionOf({}, COMMANDS));
    putInvocation(COMMANDS);

    await expect((await attached()).outcome()).resolves.toMatchObject({ status: 'SUCCEEDED', value: null });
  });

  it('`outcome()` gives no value that differs from the digest in the output of the execution', async () => {
    const members = putResult(RESULT);
    mockExecution(executionOf(members));
    bucket.set(resultKey(members.outputKey), Buffer.from('{"ok":true,"value":"forged"}'));

    await expect((await attached()).outcome()).rejects.toMatchObject({ code: 'ResultChanged' });
  });

  it('`outcome()` fails with ResultMissing when record, input and result have expired', async () => {
    mockExecution(executionOf(putResult(RESULT)));
    bucket.clear();

    await expect((await attached()).outcome()).rejects.toMatchObject({ code: 'ResultMissing' });
  });

  it('`outcome()` fails with the reason of an execution that was stopped long ago', async () => {
    mockRecords(aRecord({ status: 'BUILDING', buildId: 'codeseeder-demo:1' }));
    mockExecution({ status: 'ABORTED', cause: 'why it ended', stopDate: new Date(0) });

    await expect((await attached()).outcome()).rejects.toMatchObject({
      code: 'RunCanceled',
      message: expect.stringContaining('why it ended'),
      record: { status: 'CANCELED', buildId: 'codeseeder-demo:1' },
    });
  });

  it.each([
    ['ABORTED', 'CANCELED'],
    ['TIMED_OUT', 'TIMED_OUT'],
    ['FAILED', 'FAILED'],
    ['SUCCEEDED', 'SUCCEEDED'],
    ['PENDING_REDRIVE', 'QUEUED'],
    ['RUNNING', 'QUEUED'],
  ] as const)(
    '`status()` of a run whose execution is %s and that has no record is %s',
    async (status, expected) => {
      mockExecution({ ...executionOf(putResult(RESULT)), status });

      await expect((await attached()).status()).resolves.toBe(expected);
    },
  );

  it.each([
    ['InvalidRequest', 'CLIENT'],
    ['RunCanceled', 'CLIENT'],
    ['CommandFailed', 'SCHEDULE'],
  ])(
    'A run without a record that failed with %s shows the trigger %s: its request claims SCHEDULE, which prepare-run checks',
    async (error, trigger) => {
      const input = JSON.stringify(aRunRequest({ trigger: 'SCHEDULE' }));
      mockExecution({ status: 'FAILED', error, cause: 'why', input, stopDate: new Date(0) });
      await expect((await attached()).outcome()).rejects.toMatchObject({ code: error, record: { trigger } });
    },
  );

  it('A run without a record that succeeded shows the trigger of its request', async () => {
    const input = JSON.stringify(aRunRequest({ trigger: 'SCHEDULE' }));
    mockExecution({ ...executionOf(putResult(RESULT)), status: 'SUCCEEDED', input, stopDate: new Date(0) });
    expect((await (await attached()).outcome()).record.trigger).toBe('SCHEDULE');
  });

  it('`status()` is CANCELED at once when the execution was stopped and the record is still BUILDING', async () => {
    mockRecords(aRecord({ status: 'BUILDING' }));
    mockExecution({ status: 'ABORTED' });

    await expect((await attached()).status()).resolves.toBe('CANCELED');
  });

  it('`status()` is that of a record which became terminal before its execution was stopped', async () => {
    mockRecords(aRecord({ status: 'BUILDING' }), aRecord({ status: 'SUCCEEDED' }));
    mockExecution({ status: 'ABORTED' });

    await expect((await attached()).status()).resolves.toBe('SUCCEEDED');
  });

  it('`status()` is that of the record while Step Functions throttles', async () => {
    mockRecords(aRecord({ status: 'BUILDING' }));
    const run = await attached();
    states.rejects(Object.assign(new Error('Rate exceeded'), { name: 'ThrottlingException' }));

    await expect(run.status()).resolves.toBe('BUILDING');
  });
});

describe('a handle', () => {
  it('A handle is returned for a run that has an execution or, after that was deleted, a record', async () => {
    await expect(attached()).resolves.toMatchObject({
      id: 'run-1',
      executionArn: executionArnOf(MACHINE, 'run-1'),
    });
    const gone = Object.assign(new Error('gone'), { name: 'ExecutionDoesNotExist' });
    states.rejects(gone);
    mockRecords(aRecord({ status: 'SUCCEEDED' }));
    await expect((await attached()).status()).resolves.toBe('SUCCEEDED');
    mockRecords(undefined);
    await expect(attached()).rejects.toMatchObject({
      code: 'RunNotFound',
      message: expect.stringContaining('"run-1"'),
    });
  });

  it('A handle is found by its record while Step Functions throttles', async () => {
    states.rejects(Object.assign(new Error('Rate exceeded'), { name: 'ThrottlingException' }));
    await expect(attached()).rejects.toThrow('Rate exceeded');
    mockRecords(aRecord({ status: 'BUILDING' }));
    await expect(attached()).resolves.toMatchObject({ id: 'run-1' });
  });

  it('A handle stops the execution with the caller and the reason, within the length that Step Functions accepts', async () => {
    const run = await attached();
    await run.cancel('no longer needed');
    await run.cancel('x'.repeat(100_000));

    const [first, second] = states.commandCalls(StopExecutionCommand).map(({ args: [{ input }] }) => input);
    expect(first).toMatchObject({ executionArn: run.executionArn, error: 'RunCanceled' });
    expect(first?.cause).toMatch(/^Canceled by \S+@\S+: no longer needed$/);
    expect(second?.cause?.length).toBeLessThanOrEqual(32_768);
  });
});
