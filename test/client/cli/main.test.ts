import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { QueryCommand } from '@aws-sdk/client-dynamodb';
import { StartExecutionCommand } from '@aws-sdk/client-sfn';
import { marshall } from '@aws-sdk/util-dynamodb';
import { beforeEach, describe, expect, it } from '@jest/globals';

import { CodeseederError, type RunRecord } from '../../../lib/contract/index.js';
import {
  aRecord,
  bucket,
  cloudFormation,
  dynamoDb,
  logs,
  putResult,
  resetAccount,
  mockExecution,
  mockRecords,
  states,
} from '../mocked-account.js';
import { packedPaths } from '../packed-paths.js';
import { main } from '../../../client/cli/main.js';
import { aLiveTerminal, runMain } from './a-terminal.js';

const REPOSITORY = path.resolve(import.meta.dirname, '../../..');
const KIT = ['--seedkit', 'demo', '--region', 'eu-west-1'];

/** Returns the run request that was sent to the state machine. */
const requested = () =>
  JSON.parse(states.commandCalls(StartExecutionCommand)[0]?.args[0].input.input ?? 'null') as unknown;
const invocationOf = (runId: string) =>
  JSON.parse(bucket.get(`runs/${runId}/input/invocation.json`)?.toString() ?? 'null') as unknown;

beforeEach(() => {
  resetAccount();
  mockExecution({ status: 'RUNNING' });
});

describe('command line', () => {
  it.each([[['--help']], [['run', '--help']], [['runs', 'list', '--help']], [['local', '--help']]])(
    'The command line responds to %j on standard output and exits with 0',
    async (args) => {
      const { exitCode, stdout, stderr } = await runMain(args);

      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
      expect(stdout).toMatch(/^(Usage: codeseeder|Runs functions)/);
    },
  );

  it.each([
    ['run', '--ndjson', '--json'],
    ['start', '--ndjson', '--quiet'],
    ['runs', 'wait', '--ndjson', '--verbose'],
    ['runs', 'again', '--quiet', '--verbose'],
  ])('`%s` refuses flags of the output that exclude each other: %s %s', async (...args) => {
    const [first, second] = args.slice(-2);
    const { exitCode, stdout, stderr } = await runMain([...args, 'id']);

    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toMatch(`'${first === '--quiet' ? '-q, --quiet' : first}' cannot be used with option`);
    expect(stderr).toContain(second);
  });

  it('The help describes the exit codes and the effect of signals on a run', async () => {
    expect((await runMain(['--help'])).stdout).toMatch(/ 0 +The command succeeded.+ 130 +The command/s);
    expect((await runMain(['run', '--help'])).stdout).toContain('On a terminal, Ctrl-C asks');
  });

  it('`--version` prints the version of the package', async () => {
    const { version } = JSON.parse(await readFile(path.join(REPOSITORY, 'package.json'), 'utf8')) as {
      version: string;
    };

    for (const flag of ['--version', '-V']) {
      expect(await runMain([flag])).toEqual({ exitCode: 0, stdout: `${version}\n`, stderr: '' });
    }
  });

  it.each([
    [[], 'codeseeder COMMAND --help'],
    [['--nonsense'], "unknown option '--nonsense'"],
    [['nonsense'], "unknown command 'nonsense'"],
    [['run', ...KIT], 'Give FILE#FUNCTION'],
    [['run', ...KIT, 'values.ts'], 'Name a function of the file: values.ts#FUNCTION'],
    [['run', ...KIT, 'npm', 'test', 'a b'], "Did you mean: codeseeder run -- npm test 'a b'"],
    [['map', ...KIT, 'wc', 'lines.jsonl'], 'Did you mean: codeseeder map lines.jsonl -- wc'],
    [['publish', ...KIT, 'nightly', 'deploy'], 'Did you mean: codeseeder publish nightly -- deploy'],
    [['publish', ...KIT, 'nightly', '--'], 'Give one, such as: codeseeder publish nightly -- npm test'],
    [['run', ...KIT, 'npm', 'test', '--silent'], 'A command with options of its own goes after --'],
    [
      ['map', ...KIT, 'a.ts#f', '--inputs', 'in.jsonl'],
      'INPUTS is given without an option: codeseeder map FILE#FUNCTION INPUTS\nExamples and options: codeseeder map --help\n',
    ],
    [['map', '--input=in.jsonl', ...KIT, '--', 'ls'], ': codeseeder map INPUTS -- COMMAND\nExamples'],
    [
      ['runs', 'show', '--id', 'a', ...KIT],
      'ID is given without an option: codeseeder runs show ID\nExamples',
    ],
    [['runs', 'cancel', '--id', 'a', ...KIT], ': codeseeder runs cancel IDS...\nExamples'],
    [
      ['runs', 'list', '--lable', 'a=b'],
      '(Did you mean --label?)\nExamples and options: codeseeder runs list --help',
    ],
    [['runs', 'shwo'], '(Did you mean show?)\nExamples and options: codeseeder runs --help'],
    [['logs', 'id'], "'logs'\n(Did you mean codeseeder runs logs?)\nExamples and options: codeseeder --help"],
    [['wait'], '(Did you mean codeseeder runs wait, codeseeder maps wait, codeseeder targets wait?)\n'],
    [['local', 'status'], 'No seedkit is named. Give its name, set CODESEEDER_SEEDKIT'],
    [['local', 'secret', 'set'], 'Examples and options: codeseeder local secret set --help'],
    [
      ['run', '--', 'ls'],
      'No seedkit is named. Give --seedkit NAME, set CODESEEDER_SEEDKIT, or name it in codeseeder.config.ts, .js or .json.',
    ],
    [['run', 'none.ts#f'], 'The module /project/none.ts does not exist'],
    [['run', ...KIT, '--env', 'NOVALUE', '--', 'ls'], '--env takes NAME=VALUE, not "NOVALUE"'],
    [
      ['run', ...KIT, '--timeout', 'soon', '--', 'ls'],
      '--timeout takes a whole number of minutes, not "soon"',
    ],
    [['run', ...KIT, '--timeout', '1', '--', 'ls'], 'build.timeoutMinutes'],
    [['run', ...KIT, '--run-id', 'a b', '--', 'ls'], 'run id'],
    [['run', ...KIT, 'none.ts#f'], 'none.ts'],
    [['runs', 'list'], 'No seedkit is named.'],
    [['runs', 'list', ...KIT, '--limit', '0'], 'whole number of at least 1'],
    [['runs', 'list', ...KIT, '--status', 'DONE'], 'Allowed choices are QUEUED'],
    [['runs', 'show', ...KIT], "missing required argument 'id'"],
    [['runs', 'list', '--seedkit', 'Not A Name', '--region', 'eu-west-1'], 'Not A Name'],
    [['local', 'up', 'Not-A-Name'], 'Not-A-Name'],
    [['local', 'up'], 'No seedkit is named.'],
    [['local', 'up', 'demo', '--port', '70000'], '--port takes a number from 1 to 65535, not "70000"'],
    [
      ['local', 'up', 'demo', '--console-port', 'x'],
      '--console-port takes a number from 1 to 65535, not "x"',
    ],
    [['local', 'up', 'demo', '--concurrency', '0'], 'whole number of at least 1'],
    [['local', 'up', 'demo', '--quotas', 'fast'], 'Allowed choices are none, aws, aws-new-account'],
    [['deploy'], "required option '--app <command>' not specified"],
    [['deploy', 'seedkit', 'demo', '--vpc-id', 'vpc-11111111'], 'subnetIds and securityGroupIds are missing'],
  ])('The command %j exits with 2 and a message on standard error', async (args, told) => {
    const { exitCode, stdout, stderr } = await runMain(args);

    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain(told);
    expect(states.calls()).toHaveLength(0);
  });

  it('The usage of an argument that was given as an option replaces the suggestion of an option with a similar name', async () => {
    const add = ['schedules', 'add', 'nightly', 'report', 'rate(1 day)', ...KIT];

    expect((await runMain([...add, '--kwarg', '{}'])).stderr).toContain('(Did you mean --kwargs?)');
    expect((await runMain([...add, '--args', '[1]'])).stderr).toBe(
      `error: unknown option '--args'
ARGS is given without an option: codeseeder schedules add NAME TARGET EXPRESSION [ARGS...]
Examples and options: codeseeder schedules add --help
`,
    );
  });

  it("The command line reads the seedkit's name from CODESEEDER_SEEDKIT", async () => {
    mockDays([]);
    process.env['CODESEEDER_SEEDKIT'] = 'demo';
    try {
      const { exitCode } = await runMain(['runs', 'list', '--region', 'eu-west-1', '--json']);
      expect(exitCode).toBe(0);
    } finally {
      delete process.env['CODESEEDER_SEEDKIT'];
    }
  });

  it('The command line exits with 3 if the seedkit does not exist', async () => {
    cloudFormation
      .on(DescribeStacksCommand)
      .rejects(new Error('Stack with id aws-codeseeder-demo does not exist'));
    const { exitCode, stderr } = await runMain(['run', ...KIT, '--', 'ls']);

    expect(exitCode).toBe(3);
    expect(stderr).toMatch(/SeedkitNotFound: No seedkit "demo" is deployed in region eu-west-1/);
  });

  it.each([
    ['run', ...KIT, '--', 'ls'],
    ['destroy', 'seedkit', 'demo', '--yes'],
  ])('An error of `%s %s %s` that advises a local AWS names the seedkit', async (...words) => {
    cloudFormation
      .on(DescribeStacksCommand)
      .rejects(new CodeseederError('RegionMissing', 'none\n- Do: codeseeder local up NAME --detach'));
    const { exitCode, stderr } = await runMain(words);

    expect(exitCode).toBe(2);
    expect(stderr).toBe('RegionMissing: none\n- Do: codeseeder local up demo --detach\n');
  });
});

describe('run', () => {
  const LINKED = { runId: 'f-1', status: 'SUCCEEDED', kind: 'commands' } as const;
  const linesWithLink = (stderr: string) => stderr.split('\n').filter((line) => line.includes('f-1'));

  it('A terminal shows the link of a run at its start only, and of an attached run at its end', async () => {
    mockRecords(aRecord(LINKED));
    const outputOf = async (args: readonly string[]) => {
      const terminal = aLiveTerminal(200);
      await main(args, terminal);
      return linesWithLink(terminal.stderr.text);
    };

    expect(await outputOf(['run', ...KIT, '--run-id', 'f-1', '--', 'ls'])).toEqual([
      expect.stringMatching(/run f-1 submitted: .+$/),
    ]);
    expect(await outputOf(['runs', 'wait', 'f-1', ...KIT])).toEqual([
      expect.stringMatching(/SUCCEEDED.* · run f-1$/),
    ]);
  });

  it('Off a terminal, the link of a run is at its start and at its end', async () => {
    mockRecords(aRecord(LINKED));
    const { stderr } = await runMain(['run', '--run-id', 'f-1', ...KIT, '--', 'ls']);

    expect(linesWithLink(stderr)).toEqual([
      expect.stringMatching(/^run f-1 submitted: .+$/),
      expect.stringMatching(/^SUCCEEDED.*, run f-1$/),
    ]);
  });

  it('`run` prints only the value of a function, as JSON, on standard output', async () => {
    const result = putResult('{"ok":true,"value":{"vpc":"vpc-1"}}');
    mockRecords(
      aRecord({ runId: 'f-1', status: 'SUCCEEDED', kind: 'node', exportedVariables: { V: '1' }, ...result }),
    );
    const call = ['run', ...KIT, '--run-id', 'f-1', 'test/fixtures/endings/endings.ts#add', '40', '2'];
    const plain = await runMain(call, { workingFolder: REPOSITORY });
    const json = await runMain([...call, '--json'], { workingFolder: REPOSITORY });

    expect(plain).toMatchObject({ exitCode: 0, stdout: '{\n  "vpc": "vpc-1"\n}\n' });
    expect(JSON.parse(json.stdout)).toEqual({
      runId: 'f-1',
      status: 'SUCCEEDED',
      value: { vpc: 'vpc-1' },
      exportedVariables: { V: '1' },
      warnings: [],
      leftOut: [],
    });
    expect(invocationOf('f-1')).toMatchObject({ target: { exportName: 'add' }, args: [40, 2] });
  });

  it('`run` submits a command with its folder, variables, labels and timeout', async () => {
    mockRecords(aRecord({ runId: 'c-1', status: 'SUCCEEDED', kind: 'commands' }));
    const options = ['--dir', path.join(REPOSITORY, '.ci'), '-e', 'A=1=2', '-e', 'B=', '-l', 'team=net'];
    const call = [
      'run',
      ...KIT,
      '--run-id',
      'c-1',
      ...options,
      '--timeout',
      '45',
      '--',
      'echo',
      '$A b',
      '--json',
    ];
    const { exitCode, stdout } = await runMain(call);

    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: '' });
    expect(invocationOf('c-1')).toEqual({ kind: 'commands', target: ["echo '$A b' --json"] });
    expect(requested()).toMatchObject({
      build: {
        timeoutMinutes: 45,
        workingDirectory: 'dir',
        environment: { A: { value: '1=2', type: 'PLAINTEXT' }, B: { value: '', type: 'PLAINTEXT' } },
      },
      labels: { team: 'net' },
    });
  });

  it('`run` excludes files by --ignore and, with --gitignore, by .gitignore files', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'codeseeder-ignore-'));
    await Promise.all(
      ['kept.txt', 'left.log', 'left.tmp'].map((name) => writeFile(path.join(folder, name), name)),
    );
    await writeFile(path.join(folder, '.gitignore'), '*.tmp\n');
    const ignore = ['--dir', folder, '--ignore', '*.log', '--ignore', '.gitignore', '--gitignore'];
    await runMain(['run', ...KIT, '--detach', ...ignore, '--', 'ls']);
    await rm(folder, { recursive: true });

    const paths = await packedPaths();
    expect(paths).toContain('dir/kept.txt');
    expect(paths.filter((name) => name.includes('left.'))).toEqual([]);
  });

  it('`run --prebuilt-bundle` uses the given bundle and packs nothing', async () => {
    const { exitCode, stderr } = await runMain([
      ...['run', ...KIT, '--prebuilt-bundle', 's3://elsewhere/mine.zip', '--', 'ls'],
    ]);

    expect(exitCode).toBe(3);
    expect(stderr).toContain('The prebuilt bundle s3://elsewhere/mine.zip does not exist');
    expect(stderr).not.toContain('packing');
  });

  it('`run --detach` prints the id of the run and does not wait', async () => {
    mockRecords(aRecord({ runId: 'd-1', status: 'BUILDING' }));
    const call = ['run', ...KIT, '--run-id', 'd-1', '--detach'];

    expect(await runMain([...call, '--', 'ls'])).toMatchObject({ exitCode: 0, stdout: 'd-1\n' });
    const { stdout } = await runMain([...call, '--json', '--', 'ls']);
    expect(JSON.parse(stdout)).toMatchObject({ runId: 'd-1', executionArn: expect.stringContaining(':d-1') });
  });

  it('`run` exits with 1 and prints the failure if the run failed', async () => {
    const failure = { code: 'CommandFailed', message: 'exit status 3', phase: 'BUILD' };
    mockRecords(aRecord({ runId: 'x-1', status: 'FAILED', failure }));
    const call = ['run', ...KIT, '--run-id', 'x-1'];
    const plain = await runMain([...call, '--', 'false']);
    const json = await runMain([...call, '--json', '--', 'false']);

    expect(plain).toMatchObject({ exitCode: 1, stdout: '' });
    expect(plain.stderr).toMatch(/^CommandFailed: exit status 3\n(FAILED.*\n)  codeseeder runs show x-1/m);
    expect(json.exitCode).toBe(1);
    expect(JSON.parse(json.stdout)).toMatchObject({ runId: 'x-1', status: 'FAILED', failure });
  });

  it('`run` exits with 130 if it is interrupted before anything is sent', async () => {
    const interrupted = AbortSignal.abort(new Error('received SIGTERM'));
    const { exitCode, stdout, stderr } = await runMain(['run', ...KIT, '--', 'ls'], { interrupted });

    expect({ exitCode, stdout }).toEqual({ exitCode: 130, stdout: '' });
    expect(stderr).toContain('received SIGTERM');
    expect(states.calls()).toHaveLength(0);
  });
});

/** Mocks a table with runs of today only. */
function mockDays(records: readonly RunRecord[]): void {
  dynamoDb
    .on(QueryCommand)
    .resolvesOnce({ Items: records.map((record) => marshall(record, { removeUndefinedValues: true })) })
    .resolves({ Items: [] });
}

describe('runs', () => {
  it('`runs list` prints a table or JSON', async () => {
    const failed = aRecord({
      runId: 'b',
      status: 'FAILED',
      durationMs: 61_500,
      target: 'src/a.ts#deploy',
      failure: { code: 'RemoteError', message: 'no' },
    });
    mockDays([failed, aRecord({ runId: 'a' })]);
    const plain = await runMain(['runs', 'list', ...KIT]);
    dynamoDb.reset();
    mockDays([failed]);
    const json = await runMain(['runs', 'list', ...KIT, '--json']);

    expect(plain.stdout.split('\n')).toEqual([
      'RUN  STATUS              QUEUED                    SECONDS  TARGET',
      'b    FAILED RemoteError  2026-03-01T10:00:00.000Z  61.5     src/a.ts#deploy',
      'a    QUEUED              2026-03-01T10:00:00.000Z',
      '',
    ]);
    expect(JSON.parse(json.stdout)).toEqual([failed]);
  });

  it('`runs list --quiet` prints whole ids only, without a hint on a terminal, and does not watch', async () => {
    mockDays([aRecord({ runId: 'b' }), aRecord({ runId: 'a' })]);
    const terminal = aLiveTerminal(80);

    expect(await main(['runs', 'list', ...KIT, '--quiet'], terminal)).toBe(0);
    expect([terminal.stdout.text, terminal.stderr.text]).toEqual(['b\na\n', '']);
    expect(await runMain(['runs', 'list', ...KIT, '-q', '--watch'])).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining("'-q, --quiet' cannot be used with option '-w, --watch'"),
    });
  });

  it.each([
    [['--label', 'stage=prod'], 'label#stage=prod'],
    [['--target', 'x'], 'target#x'],
    [['--trigger', 'INBOX'], 'trigger#INBOX'],
    [['--status', 'FAILED'], 'status#FAILED'],
    [['--schedule', 'nightly'], 'trigger#SCHEDULE'],
  ])('`runs list` with %j looks for %s', async (filters, partition) => {
    mockDays([]);
    const { exitCode } = await runMain(['runs', 'list', ...KIT, ...filters, '--since', '2h']);
    const last = dynamoDb
      .commandCalls(QueryCommand)
      .map(({ args: [{ input }] }) => input.ExpressionAttributeValues)
      .filter((values) => values?.[':to'] !== undefined && values[':facet'] !== undefined);

    expect(exitCode).toBe(0);
    expect(last.map((values) => values?.[':facet']?.S)).toEqual([partition]);
  });

  it('`runs list` refuses a time that is none', async () => {
    const refused = await runMain(['runs', 'list', ...KIT, '--since', 'soon']);
    expect(refused).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('since is not a time: "soon"'),
    });
  });

  it('`runs logs` prints the log of a run as lines or as JSON objects', async () => {
    mockRecords(aRecord({ status: 'BUILDING', logGroup: 'g', logStream: 's' }));
    logs.on(GetLogEventsCommand).resolves({ events: [], nextForwardToken: 'end' });
    logs
      .on(GetLogEventsCommand, { nextToken: undefined })
      .resolves({ events: [{ timestamp: 7, message: 'hello\n' }], nextForwardToken: 'end' });

    expect(await runMain(['runs', 'logs', ...KIT, 'run-1'])).toMatchObject({
      exitCode: 0,
      stdout: 'hello\n',
    });
    expect((await runMain(['runs', 'logs', ...KIT, '--json', 'run-1'])).stdout).toBe(
      '{"timestampMs":7,"message":"hello"}\n',
    );
  });

  it('`runs show` exits with 2 if the run does not exist', async () => {
    states.rejects(Object.assign(new Error('gone'), { name: 'ExecutionDoesNotExist' }));
    mockRecords(undefined);
    const { exitCode, stdout, stderr } = await runMain(['runs', 'show', ...KIT, 'nope']);

    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain('RunNotFound: The seedkit demo has no run "nope"');
  });
});
