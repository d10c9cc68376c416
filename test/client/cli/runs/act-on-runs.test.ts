import { setTimeout as sleep } from 'node:timers/promises';

import { QueryCommand } from '@aws-sdk/client-dynamodb';
import { GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { HeadObjectCommand } from '@aws-sdk/client-s3';
import { DescribeExecutionCommand, StartExecutionCommand, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { beforeEach, describe, expect, it } from '@jest/globals';

import { createSignals } from '../../../../client/cli/signals.js';
import {
  contentDigest,
  executionArnOf,
  invocationKey,
  type RunRecord,
} from '../../../../lib/contract/index.js';
import { aNodeInvocation, aRunRequest } from '../../../contract/builders.js';
import {
  aRecord,
  bucket,
  dynamoDb,
  logs,
  MACHINE,
  putResult,
  resetAccount,
  s3,
  mockExecution,
  mockRecords,
  states,
} from '../../mocked-account.js';
import { runMain } from '../a-terminal.js';

const KIT = ['--seedkit', 'demo', '--region', 'eu-west-1'];

const going = (overrides: Partial<RunRecord> = {}) =>
  aRecord({ runId: 'r-1', status: 'BUILDING', ...overrides });
const canceled = () =>
  going({ status: 'CANCELED', failure: { code: 'RunCanceled', message: 'Canceled by me@here' } });
const succeeded = (value: unknown = 1) =>
  going({ status: 'SUCCEEDED', kind: 'node', ...putResult(JSON.stringify({ ok: true, value })) });

beforeEach(() => {
  resetAccount();
  mockExecution({ status: 'RUNNING' });
  states.on(StopExecutionCommand).resolves({});
});

/** Mocks a seedkit that has no runs. */
function mockNoRuns(): void {
  states
    .on(DescribeExecutionCommand)
    .rejects(Object.assign(new Error('gone'), { name: 'ExecutionDoesNotExist' }));
  mockRecords(undefined);
  dynamoDb.on(QueryCommand).resolves({ Items: [] });
}

describe('runs cancel', () => {
  it('`runs cancel` stops the run with user and reason, and waits for its end', async () => {
    mockRecords(going(), going(), canceled());
    const plain = await runMain(['runs', 'cancel', ...KIT, 'r-1', '--reason', 'wrong stage']);

    expect(plain).toEqual({ exitCode: 0, stdout: 'r-1 CANCELED\n', stderr: '' });
    expect(states.commandCalls(StopExecutionCommand)[0]?.args[0].input).toEqual({
      executionArn: executionArnOf(MACHINE, 'r-1'),
      error: 'RunCanceled',
      cause: expect.stringMatching(/^Canceled by .+@.+: wrong stage$/),
    });
  });

  it('`runs cancel` exits with 1 for a run that has already ended, and stops nothing', async () => {
    mockRecords(succeeded());
    const plain = await runMain(['runs', 'cancel', ...KIT, 'r-1']);
    const json = await runMain(['runs', 'cancel', ...KIT, 'r-1', '--json']);

    expect(plain).toMatchObject({ exitCode: 1, stdout: 'r-1 had already ended: SUCCEEDED\n' });
    expect(JSON.parse(json.stdout)).toEqual([{ runId: 'r-1', status: 'SUCCEEDED', canceled: false }]);
    expect(states.commandCalls(StopExecutionCommand)).toHaveLength(0);
  });

  it('`runs cancel` exits with 1 for a run that ended by itself in the meantime', async () => {
    mockRecords(going(), succeeded());
    const { exitCode, stdout } = await runMain(['runs', 'cancel', ...KIT, 'r-1', '--json']);

    expect(exitCode).toBe(1);
    expect(JSON.parse(stdout)).toEqual([{ runId: 'r-1', status: 'SUCCEEDED', canceled: false }]);
  });

  it('`runs cancel` reports each of several runs and exits with the highest code', async () => {
    mockNoRuns();
    const one = await runMain(['runs', 'cancel', ...KIT, 'nope', '--json']);
    const both = await runMain(['runs', 'cancel', ...KIT, 'nope', 'neither']);

    expect(one.exitCode).toBe(2);
    expect(one.stderr).toContain('RunNotFound: The seedkit demo has no run "nope"');
    expect(both).toMatchObject({ exitCode: 2, stdout: '' });
    expect(both.stderr.match(/RunNotFound: .*"(nope|neither)"/g)).toHaveLength(2);
  });

  it('`runs cancel` exits with 130 if it is interrupted', async () => {
    mockRecords(going());
    const signals = createSignals();
    states.on(StopExecutionCommand).callsFake(() => {
      setImmediate(() => signals.deliver('SIGINT'));
      return {};
    });
    const { exitCode, stderr } = await runMain(['runs', 'cancel', ...KIT, 'r-1'], {
      interrupted: signals.interrupted,
      takeSignals: signals.take,
    });

    expect(exitCode).toBe(130);
    expect(stderr).toContain('received SIGINT');
  });
});

describe('runs wait', () => {
  it("`runs wait` prints the run's value, as `run` does", async () => {
    mockRecords(going(), succeeded({ vpc: 'vpc-1' }));
    const plain = await runMain(['runs', 'wait', ...KIT, 'r-1']);
    const json = await runMain(['runs', 'wait', ...KIT, 'r-1', '--json']);

    expect(plain).toMatchObject({ exitCode: 0, stdout: '{\n  "vpc": "vpc-1"\n}\n' });
    expect(JSON.parse(json.stdout)).toMatchObject({
      runId: 'r-1',
      status: 'SUCCEEDED',
      value: { vpc: 'vpc-1' },
    });
  });

  it('`runs wait` shows the output of a command with several lines, and not the lines that CodeBuild repeats', async () => {
    const invocation = Buffer.from(JSON.stringify({ kind: 'commands', target: ['echo a\necho b'] }));
    bucket.set(invocationKey('r-1'), invocation);
    const input = { key: invocationKey('r-1'), ...contentDigest(invocation) };
    mockExecution({ status: 'RUNNING', input: JSON.stringify(aRunRequest({ runId: 'r-1', input })) });
    const logLocation = { logGroup: '/aws/codebuild/x', logStream: 'y' };
    mockRecords(going(logLocation), { ...succeeded(null), ...logLocation });
    const head = '[Container] 2026/11/30 05:00:01.000000';
    const message = `${head} Entering phase BUILD\n${head} Running command echo a\necho b\na\nb\n`;
    const events = [{ timestamp: 1, message }];
    logs.on(GetLogEventsCommand).resolves({ events, nextForwardToken: 'f/1' });
    const { stderr } = await runMain(['runs', 'wait', ...KIT, 'r-1']);

    expect(stderr).toMatch(/^a\nb\n/m);
    expect(stderr).not.toContain('echo b');
  });

  it('`runs wait` exits with 1 if the run was canceled, and prints who canceled it', async () => {
    mockRecords(canceled());
    const { exitCode, stderr } = await runMain(['runs', 'wait', ...KIT, 'r-1']);

    expect(exitCode).toBe(1);
    expect(stderr).toContain('Canceled by me@here');
  });

  it('`runs wait --timeout` exits with 124 after the timeout, and the run continues', async () => {
    mockRecords(going());
    const { exitCode, stdout, stderr } = await runMain([
      'runs',
      'wait',
      ...KIT,
      'r-1',
      '--timeout',
      '0.0005',
    ]);

    expect({ exitCode, stdout }).toEqual({ exitCode: 124, stdout: '' });
    expect(stderr).toContain(
      'Waited 0.0005 minutes for the run r-1, which continues. To wait for it: codeseeder runs wait r-1 --region eu-west-1 --seedkit demo\n',
    );
  });

  it('`runs wait` exits with 130 on an interruption, and the run continues', async () => {
    mockRecords(going());
    const interruption = new AbortController();
    const ended = runMain(['runs', 'wait', ...KIT, 'r-1'], { interrupted: interruption.signal });
    // Waits for the second read of the record: the command reads it once to find the run, and again when it starts to
    // wait.
    while (dynamoDb.calls().length < 2) await sleep(5);
    interruption.abort(new Error('received SIGINT'));
    const { exitCode, stderr } = await ended;

    expect(exitCode).toBe(130);
    expect(stderr).toContain('Left the run r-1, which continues. To wait for it: codeseeder runs wait r-1');
    expect(states.commandCalls(StopExecutionCommand)).toHaveLength(0);
  });

  it.each(['0', 'soon', '-1', '10081'])('`runs wait` refuses --timeout %s', async (minutes) => {
    const { exitCode, stderr } = await runMain(['runs', 'wait', ...KIT, 'r-1', `--timeout=${minutes}`]);

    expect(exitCode).toBe(2);
    expect(stderr).toContain('Give a number of minutes, more than 0 and at most 10080.');
  });
});

it.each([['list'], ['show', 'r-1'], ['logs', 'r-1'], ['wait', 'r-1'], ['cancel', 'r-1']])(
  '`runs %s` can be interrupted while AWS does not answer',
  async (...command) => {
    const signals = createSignals();
    const withoutEnd = () => {
      setImmediate(() => signals.deliver('SIGINT'));
      return new Promise<never>(() => undefined);
    };
    states.on(DescribeExecutionCommand).callsFake(withoutEnd);
    dynamoDb.on(QueryCommand).callsFake(withoutEnd);
    const { exitCode, stdout, stderr } = await runMain(['runs', ...command, ...KIT], {
      interrupted: signals.interrupted,
    });

    expect({ exitCode, stdout }).toEqual({ exitCode: 130, stdout: '' });
    expect(stderr).toContain('received SIGINT');
  },
);

describe('runs again', () => {
  const AGAIN = ['runs', 'again', ...KIT, 'r-0', '--run-id', 'r-1'];

  beforeEach(() => {
    s3.on(HeadObjectCommand).resolves({ ContentLength: 1 });
    bucket.set(invocationKey('r-0'), Buffer.from(JSON.stringify(aNodeInvocation())));
    mockExecution({ status: 'FAILED', input: JSON.stringify(aRunRequest({ runId: 'r-0' })) });
  });

  it('`runs again` starts a run that names the repeated one, and prints its value', async () => {
    mockRecords(succeeded(7));
    const { exitCode, stdout } = await runMain(AGAIN);

    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: '7\n' });
    const { name, input = '' } = states.commandCalls(StartExecutionCommand)[0]?.args[0].input ?? {};
    expect(name).toBe('r-1');
    expect(JSON.parse(input)).toMatchObject({ runId: 'r-1', retryOf: 'r-0' });
  });

  it('`runs again` repeats the run of an input of a map outside of the map', async () => {
    const input = JSON.stringify(aRunRequest({ runId: 'r-0', mapId: 'm-1', mapIndex: 3 }));
    mockExecution({ status: 'FAILED', input });
    mockRecords(succeeded(7));
    await runMain(AGAIN);

    const { input: started = '' } = states.commandCalls(StartExecutionCommand)[0]?.args[0].input ?? {};
    expect(JSON.parse(started)).toMatchObject({ runId: 'r-1', retryOf: 'r-0', trigger: 'CLIENT' });
    expect(JSON.parse(started)).not.toHaveProperty('mapId');
    expect(JSON.parse(started)).not.toHaveProperty('mapIndex');
  });

  const storedInput = () =>
    JSON.parse((bucket.get(invocationKey('r-1')) ?? '').toString()) as Record<string, unknown>;
  const mockInvocation = (invocation: object) => {
    const content = Buffer.from(JSON.stringify(invocation));
    bucket.set(invocationKey('r-0'), content);
    const input = { key: invocationKey('r-0'), ...contentDigest(content) };
    mockExecution({ status: 'FAILED', input: JSON.stringify(aRunRequest({ runId: 'r-0', input })) });
  };
  const PYTHON = {
    kind: 'python',
    target: { module: 'shop.prices', functionName: 'price_of' },
    args: ['apple'],
    kwargs: { stage: 'dev' },
  };

  it('`runs again --args` starts the run with other arguments, and everything else as before', async () => {
    await runMain([...AGAIN, '--detach', '--args', '["eu", {"at": 1}]']);

    expect(storedInput()).toEqual({ ...aNodeInvocation(), args: ['eu', { at: 1 }] });
  });

  it('`runs again --kwargs` changes the keyword arguments of a Python function, and keeps the positional ones', async () => {
    mockInvocation(PYTHON);
    await runMain([...AGAIN, '--detach', '--kwargs', '{"stage":"prod"}']);

    expect(storedInput()).toEqual({ ...PYTHON, kwargs: { stage: 'prod' } });
  });

  it.each([
    ['--args that are no array', aNodeInvocation(), ['--args', '{"a":1}'], 2, 'a JSON array'],
    ['--args that are not JSON', aNodeInvocation(), ['--args', '[1'], 2, '--args is not JSON'],
    [
      '--args with an integer that is rounded',
      aNodeInvocation(),
      ['--args', '[9007199254740993]'],
      2,
      'rounds',
    ],
    ['--kwargs for a Node.js function', aNodeInvocation(), ['--kwargs', '{}'], 2, 'no keyword arguments'],
    ['--args for commands', { kind: 'commands', target: ['true'] }, ['--args', '[]'], 2, 'runs commands'],
    [
      '--kwargs beside arguments with an integer that is rounded',
      { ...PYTHON, args: [2 ** 60] },
      ['--kwargs', '{}'],
      2,
      'beyond 2^53',
    ],
  ])('`runs again` refuses %s and starts nothing', async (_what, invocation, flags, exitCode, message) => {
    mockInvocation(invocation);
    const refused = await runMain([...AGAIN, '--detach', ...flags]);

    expect(refused).toMatchObject({ exitCode, stderr: expect.stringContaining(message) });
    expect(states.commandCalls(StartExecutionCommand)).toHaveLength(0);
    expect(bucket.has(invocationKey('r-1'))).toBe(false);
  });

  it('`runs again --json` has no warnings of packing, because it packs nothing', async () => {
    mockRecords(succeeded(7));
    expect(JSON.parse((await runMain([...AGAIN, '--json'])).stdout)).toEqual({
      runId: 'r-1',
      status: 'SUCCEEDED',
      value: 7,
      exportedVariables: {},
    });
    expect(JSON.parse((await runMain([...AGAIN, '--detach', '--json'])).stdout)).not.toHaveProperty(
      'warnings',
    );
  });

  it('`runs again --detach` does not wait for the run', async () => {
    expect(await runMain([...AGAIN, '--detach'])).toMatchObject({ exitCode: 0, stdout: 'r-1\n' });
    const { stdout } = await runMain([...AGAIN, '--detach', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ runId: 'r-1', executionArn: executionArnOf(MACHINE, 'r-1') });
  });

  it('`runs again` refuses a run that has not ended and a run that does not exist', async () => {
    mockExecution({ status: 'RUNNING' });
    const notOver = await runMain(AGAIN);
    mockNoRuns();
    const unknown = await runMain(AGAIN);

    expect(notOver).toMatchObject({
      exitCode: 3,
      stderr: expect.stringContaining('RunNotOver: The run r-0'),
    });
    expect(unknown).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('RunNotFound: ') });
    expect(states.commandCalls(StartExecutionCommand)).toHaveLength(0);
  });
});
