import { GetExecutionHistoryCommand } from '@aws-sdk/client-sfn';
import { beforeEach, describe, expect, it } from '@jest/globals';

import { main } from '../../../../client/cli/main.js';
import {
  contentDigest,
  type Invocation,
  invocationKey,
  type RunRecord,
} from '../../../../lib/contract/index.js';
import { aNodeInvocation, aRunRequest } from '../../../contract/builders.js';
import {
  aRecord,
  bucket,
  mockExecution,
  mockRecords,
  putResult,
  resetAccount,
  states,
} from '../../mocked-account.js';
import { aTerminal, runMain } from '../a-terminal.js';

const KIT = ['--seedkit', 'demo', '--region', 'eu-west-1'];
const BUILD_ID = 'codeseeder-demo:1';
const show = (...flags: string[]) => runMain(['runs', 'show', ...KIT, 'run-1', ...flags]);

function mockInvocation(invocation: Invocation): void {
  const content = Buffer.from(JSON.stringify(invocation));
  bucket.set(invocationKey('run-1'), content);
  const input = { key: invocationKey('run-1'), ...contentDigest(content) };
  mockExecution({ status: 'SUCCEEDED', input: JSON.stringify(aRunRequest({ input })) });
}

const succeeded = (value: unknown, more: Partial<RunRecord> = {}) =>
  aRecord({
    status: 'SUCCEEDED',
    kind: 'node',
    target: 'src/deploy.ts#network',
    ...putResult(JSON.stringify({ ok: true, value })),
    ...more,
  });

beforeEach(() => {
  resetAccount();
  mockInvocation({ ...aNodeInvocation(), args: ['dev', 3] } as Invocation);
  states.on(GetExecutionHistoryCommand).resolves({
    events: [
      { id: 1, type: 'ExecutionStarted', timestamp: new Date(1_000) },
      {
        id: 2,
        type: 'TaskStateEntered',
        timestamp: new Date(2_500),
        stateEnteredEventDetails: { name: 'PrepareRun' },
      },
    ],
  });
});

describe('runs show', () => {
  it('`runs show` prints status, arguments, times and costs of a run, and its value last', async () => {
    const record = succeeded(
      { vpc: 'vpc-1' },
      {
        published: { name: 'nightly', version: 3 },
        executionArn: 'arn:aws:states:eu-west-1:123456789012:execution:codeseeder-demo:run-1',
        startedAt: '2026-03-01T10:00:04.000Z',
        finishedAt: '2026-03-01T10:01:30.000Z',
        durationMs: 90_000,
        computeType: 'BUILD_GENERAL1_SMALL',
        environmentType: 'LINUX_CONTAINER',
        labels: { stage: 'prod', team: 'net' },
        expiresAt: 4_000_000_000,
      },
    );
    mockRecords(record);
    const { exitCode, stdout } = await show();

    expect(exitCode).toBe(0);
    const [table = '', value] = stdout.split('\n\n');
    expect(table.split('\n').map((line) => line.split(/ {2,}/))).toEqual([
      ['RUN', 'run-1'],
      ['status', 'SUCCEEDED'],
      ['published', 'nightly@3'],
      ['runs', 'src/deploy.ts#network'],
      ['args', '["dev",3]'],
      ['labels', 'stage=prod, team=net'],
      ['started by', 'CLIENT'],
      ['queued', '2026-03-01T10:00:00.000Z'],
      ['build started', '2026-03-01T10:00:04.000Z'],
      ['ended', '2026-03-01T10:01:30.000Z'],
      ['took', '1 min 30 s, of which 4.0 s before the build'],
      ['cost', 'about 0.01 USD: 2 minutes of BUILD_GENERAL1_SMALL at 0.005 USD'],
      ['kept until', '2096-10-02T07:06:40.000Z'],
    ]);
    expect(value).toBe('{\n  "vpc": "vpc-1"\n}\n');
  });

  it('`runs show` reads and prints the history only with `--history`', async () => {
    mockRecords(succeeded(1));
    const short = await show();
    expect(short.stdout).not.toContain('PrepareRun');
    expect(states.commandCalls(GetExecutionHistoryCommand)).toHaveLength(0);
    const long = await show('--history');
    expect(long.stdout).toMatch(/^# +SECONDS +EVENT +STATE +FAILURE$/m);
    expect(long.stdout).toMatch(/^2 +1\.500 +TaskStateEntered +PrepareRun$/m);
  });

  it('`runs show --json` has record, history, arguments and value, all whole', async () => {
    const long = 'x'.repeat(2_000);
    mockInvocation({ ...aNodeInvocation(), args: [long] } as Invocation);
    mockRecords(succeeded([long]));
    expect(JSON.parse((await show('--json')).stdout)).toMatchObject({
      runId: 'run-1',
      record: { status: 'SUCCEEDED' },
      history: [{ id: 1 }, { id: 2, state: 'PrepareRun' }],
      args: [long],
      value: [long],
    });
  });

  it('`runs show` shortens long arguments and a long value, and says how to see all', async () => {
    mockInvocation({ ...aNodeInvocation(), args: ['x'.repeat(2_000)] } as Invocation);
    mockRecords(succeeded(Array.from({ length: 100 }, (_, index) => index)));
    const { stdout } = await show();

    expect(stdout).toMatch(/^args +\["x+… \(2004 characters; all: codeseeder runs show run-1 --json\)$/m);
    expect(stdout).toContain(
      '\n  18,\nThe value is shortened. All of it: codeseeder runs wait run-1 --quiet\n',
    );
    expect(Math.max(...stdout.split('\n').map(({ length }) => length))).toBeLessThan(500);
  });

  it('`runs show` of a failed command has its exit status first, and with `--json` as a number', async () => {
    const message =
      'A command failed in the phase BUILD: COMMAND_EXECUTION_ERROR: Error while executing command: npm test. Reason: exit status 3';
    mockRecords(aRecord({ status: 'FAILED', failure: { code: 'CommandFailed', message, phase: 'BUILD' } }));

    expect((await show()).stdout).toContain('\n\nCommandFailed: exit status 3: npm test\n');
    expect(JSON.parse((await show('--json')).stdout)).toMatchObject({ exitCode: 3 });
  });

  it('`runs show` prints the error of a failed run as its end does, and no line of JSON', async () => {
    const stack = 'RangeError: too long\n    at hello (src/hello.ts:2:9)\n    at .codeseeder/runner.mjs:14:3';
    const source = {
      file: 'src/hello.ts',
      line: 2,
      column: 9,
      firstLine: 1,
      lines: ['{', '  throw new RangeError();'],
    };
    const remote = { name: 'RangeError', message: 'too long', stack, source };
    const failure = { code: 'RemoteError', message: 'RangeError: too long', remote } as const;
    mockRecords(aRecord({ status: 'FAILED', failure }));
    const { stdout } = await show();

    expect(stdout).toMatch(/^status +FAILED RemoteError$/m);
    expect(stdout).toContain(
      '\nRangeError: too long\n    at hello (src/hello.ts:2:9)\n\n  1 | {\n> 2 |   throw',
    );
    expect(stdout).not.toContain('{"');
  });

  it('`runs show` prints keyword arguments, and all of several commands', async () => {
    const target = { module: 'shop.prices', functionName: 'price_of' };
    mockInvocation({ kind: 'python', target, args: [], kwargs: { stage: 'dev' } });
    mockRecords(aRecord({ kind: 'python', target: 'shop.prices:price_of' }));
    expect((await show()).stdout).toMatch(/^args +\[\]\nkwargs +\{"stage":"dev"\}$/m);
    mockInvocation({ kind: 'commands', target: ['npm ci', 'npm test'] });
    expect((await show()).stdout).toMatch(/^commands +\["npm ci","npm test"\]$/m);
  });

  it('`runs show` prints the rest if arguments and value have expired', async () => {
    const record = succeeded(1);
    mockRecords(record);
    bucket.clear();
    const { exitCode, stdout } = await show();

    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^args +cannot be read: InputMissing$/m);
    expect(stdout).toMatch(/^value +cannot be read: ResultMissing$/m);
    expect(JSON.parse((await show('--json')).stdout)).not.toHaveProperty('args');
  });

  it.each<[string, Partial<RunRecord>, RegExp]>([
    [
      'why a run is queued',
      { status: 'QUEUED', queuedReason: 'no capacity' },
      /^status +QUEUED: no capacity$/m,
    ],
    ['the phase of a build', { status: 'BUILDING', phase: 'INSTALL' }, /^status +BUILDING, phase INSTALL$/m],
    ['the lock of a run', { lock: 'prod', lockToken: 7 }, /^lock +prod, token 7$/m],
    [
      'the schedule that started a run',
      { trigger: 'SCHEDULE', runId: 'nightly-20260301T010000Z-0123abcd' },
      /^started by +SCHEDULE nightly$/m,
    ],
    ['the map of a run', { mapId: 'm-1', mapIndex: 3 }, /^map +m-1, input 3$/m],
  ])('`runs show` prints %s', async (_what, record, expected) => {
    mockRecords(aRecord(record));
    expect((await show()).stdout).toMatch(expected);
  });

  it.each<[RunRecord['status'], string, string | undefined, string[]]>([
    ['BUILDING', 'with a build', BUILD_ID, ['runs wait run-1', 'runs cancel run-1']],
    ['FAILED', 'with a build', BUILD_ID, ['runs logs run-1', 'runs again run-1']],
    ['FAILED', 'without a build', undefined, ['runs again run-1']],
  ])(
    '`runs show` on a terminal prints the commands that help next, with its own flags, for a run that is %s %s',
    async (status, _, buildId, next) => {
      mockRecords(aRecord({ status, buildId }));
      const terminal = aTerminal();
      Object.assign(terminal.stderr, { isTTY: true, columns: 80 });
      await main(['runs', 'show', ...KIT, 'run-1'], terminal);
      const commands = [
        ...terminal.stderr.text.matchAll(/^ {2}codeseeder (.*) --region eu-west-1 --seedkit demo/gm),
      ];
      expect(commands.map(([, command]) => command?.trimEnd())).toEqual(next);
    },
  );
});
