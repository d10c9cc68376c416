import { DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { QueryCommand, type QueryCommandInput } from '@aws-sdk/client-dynamodb';
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import {
  ConflictException,
  CreateScheduleCommand,
  DeleteScheduleCommand,
  GetScheduleCommand,
  type GetScheduleCommandOutput,
  ListSchedulesCommand,
  ResourceNotFoundException,
  SchedulerClient,
  UpdateScheduleCommand,
} from '@aws-sdk/client-scheduler';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';

import {
  newTarget,
  positionOf,
  type RunRecord,
  scheduleInput,
  targetKey,
  withAlias,
  withVersion,
} from '../../../../lib/contract/index.js';
import { objectWith } from '../../../lambdas/s3-answers.js';
import {
  aRecord,
  cloudFormation,
  dynamoDb,
  MACHINE,
  mockRecords,
  OUTPUTS,
  resetAccount,
  s3,
} from '../../mocked-account.js';
import { main } from '../../../../client/cli/main.js';
import { aLiveTerminal, aTerminal, KeptOutput, runMain } from '../a-terminal.js';

const KIT = ['--seedkit', 'demo', '--region', 'eu-west-1'];
const ROLE = 'arn:aws:iam::000000000000:role/codeseeder-demo-eu-west-1-scheduler';
const NONCE = '0f0e0d0c-0b0a-4908-8706-050403020100';
const NIGHTLY = 'cron(0 2 * * ? *)';
const scheduler = mockClient(SchedulerClient);

function mockOutputs(outputs: Readonly<Record<string, string>>): void {
  cloudFormation.on(DescribeStacksCommand).resolves({
    Stacks: [
      {
        StackName: 'aws-codeseeder-demo',
        CreationTime: new Date(),
        StackStatus: 'CREATE_COMPLETE',
        Outputs: Object.entries(outputs).map(([OutputKey, OutputValue]) => ({ OutputKey, OutputValue })),
      },
    ],
  });
}

/** Publishes the target `deploys` with a version 1 of a kind, which the alias `prod` names, unless it has none. */
function mockTarget(kind: 'node' | 'python' | 'commands' = 'node', { aliases = true } = {}): void {
  const published = withVersion(newTarget('deploys'), {
    publication: 'pub-1',
    definition: { sha256: 'a'.repeat(64), sizeBytes: 1 },
    kind,
    runs: 'deploy#network',
    publishedAt: '2026-01-01T00:00:00.000Z',
  });
  const state = JSON.stringify(aliases ? withAlias(published, 'prod', 1) : published);
  s3.on(GetObjectCommand, { Key: targetKey('deploys') }).callsFake(() => objectWith(state));
  s3.on(ListObjectsV2Command).resolves({ Contents: [{ Key: targetKey('deploys') }] });
}

/** Mocks the index, in which a run of the schedule is the only one. */
function mockLastRun(record: RunRecord | undefined): void {
  const entries = record === undefined ? [] : [{ position: { S: positionOf(record) } }];
  dynamoDb.on(QueryCommand).callsFake(({ ExpressionAttributeValues: values }: QueryCommandInput) => ({
    // The first entry of a status says since when runs have entries.
    Items:
      values?.[':from'] === undefined ? [{ position: { S: '2020-01-01T00:00:00.000Z#first' } }] : entries,
  }));
  mockRecords(record);
}

/** A schedule as AWS describes it. */
function aSchedule(more: Partial<GetScheduleCommandOutput> = {}): Partial<GetScheduleCommandOutput> {
  return {
    Name: 'nightly',
    State: 'ENABLED',
    ScheduleExpression: NIGHTLY,
    ScheduleExpressionTimezone: 'Europe/Berlin',
    FlexibleTimeWindow: { Mode: 'OFF' },
    ActionAfterCompletion: 'DELETE',
    Target: {
      Arn: 'arn:aws:lambda:eu-west-1:000000000000:function:codeseeder-demo-start-target',
      RoleArn: ROLE,
      Input: scheduleInput('nightly', NONCE, { target: 'deploys@prod', args: ['eu'] }),
    },
    ...more,
  };
}

function mockSchedules(...schedules: Partial<GetScheduleCommandOutput>[]): void {
  scheduler
    .on(GetScheduleCommand)
    .rejects(new ResourceNotFoundException({ $metadata: {}, Message: 'none' } as never));
  for (const schedule of schedules) {
    scheduler
      .on(GetScheduleCommand, { GroupName: 'codeseeder-demo', Name: schedule.Name })
      .resolves(schedule);
  }
  scheduler
    .on(ListSchedulesCommand)
    .resolves({ Schedules: schedules.map(({ Name, State }) => ({ Name, State })) });
}

const created = () => scheduler.commandCalls(CreateScheduleCommand).map((call) => call.args[0].input);
const schedules = (...args: string[]) => runMain(['schedules', ...args, ...KIT]);
const add = (...args: string[]) => schedules('add', 'nightly', ...args);

beforeEach(() => {
  resetAccount();
  scheduler.reset();
  mockOutputs({
    ...OUTPUTS,
    StateMachineArn: MACHINE,
    ScheduleGroup: 'codeseeder-demo',
    SchedulerRoleArn: ROLE,
  });
  mockTarget();
  mockSchedules(aSchedule());
  scheduler.on(CreateScheduleCommand).resolves({});
  scheduler.on(UpdateScheduleCommand).resolves({});
  scheduler.on(DeleteScheduleCommand).resolves({});
});

describe('schedules add', () => {
  it('`schedules add` creates a schedule that calls start-target with its role, and prints it with its next run', async () => {
    const { exitCode, stdout } = await add(
      'deploys@prod',
      NIGHTLY,
      '"eu"',
      '--time-zone',
      'Europe/Berlin',
      '--end-at',
      '2099-01-01',
      '--flexible',
      '15',
      '--max-retries',
      '2',
      '--max-age',
      '60',
    );
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^SCHEDULE +nightly$/m);
    expect(stdout).toMatch(/^next run +in \d+[hms]: \d{4}-\d\d-\d\d 02:00:00 Europe\/Berlin/m);
    expect(created()).toMatchObject([
      {
        Name: 'nightly',
        GroupName: 'codeseeder-demo',
        ScheduleExpression: NIGHTLY,
        ScheduleExpressionTimezone: 'Europe/Berlin',
        EndDate: new Date('2099-01-01'),
        FlexibleTimeWindow: { Mode: 'FLEXIBLE', MaximumWindowInMinutes: 15 },
        State: 'ENABLED',
        Target: {
          Arn: 'arn:aws:lambda:eu-west-1:000000000000:function:codeseeder-demo-start-target',
          RoleArn: ROLE,
          RetryPolicy: { MaximumRetryAttempts: 2, MaximumEventAgeInSeconds: 3600 },
        },
      },
    ]);
    expect(JSON.parse(created()[0]?.Target?.Input ?? '')).toMatchObject({
      schedule: 'nightly',
      time: '<aws.scheduler.scheduled-time>',
      start: { target: 'deploys@prod', args: ['eu'] },
    });
  });

  it.each<[string, string[], string]>([
    ['a Unix cron line', ['deploys', '0 2 * * *'], 'write such as cron(0 2 * * ? *)'],
    [
      'a time zone that is none',
      ['deploys', NIGHTLY, '--time-zone', 'Berlin'],
      'The time zone "Berlin" is not valid',
    ],
    [
      'a time that has passed',
      ['deploys', 'at(2020-01-01T00:00:00)'],
      'has passed: it was 2020-01-01T00:00:00.000Z',
    ],
    [
      'an end that has passed',
      ['deploys', NIGHTLY, '--end-at', '2020-01-01'],
      'its end 2020-01-01T00:00:00.000Z has passed',
    ],
    [
      'an at(...) with an end',
      ['deploys', 'at(2099-01-01T00:00:00)', '--end-at', '2099-02-01'],
      'has one time',
    ],
    ['a window that is too long', ['deploys', NIGHTLY, '--flexible', '1441'], 'flexibleMinutes'],
    [
      'a target that does not exist',
      ['deplosy', NIGHTLY],
      'has no target deplosy. The nearest of its 1 targets: deploys.',
    ],
    ['an alias that does not exist', ['deploys@dev', NIGHTLY], 'There is no deploys@dev.'],
    [
      'keyword arguments of a function that takes none',
      ['deploys', NIGHTLY, '--kwargs', '{}'],
      'takes no kwargs',
    ],
  ])('`schedules add` refuses %s before anything is sent', async (_what, args, message) => {
    const { exitCode, stderr } = await add(...args);
    expect(exitCode).not.toBe(0);
    expect(stderr).toContain(message);
    expect(created()).toEqual([]);
  });

  it.each([
    [['rate', '5', 'minutes'], "'rate(5 minutes)'"],
    [['rate', '1', 'hour', '"eu"'], "'rate(1 hour)'"],
    [['rate(5', 'minutes)'], "'rate(5 minutes)'"],
    [['5', 'minutes'], "'rate(5 minutes)'"],
    [['at', '2026-12-31T23:00:00'], "'at(2026-12-31T23:00:00)'"],
    [['cron', '0', '2', '*', '*', '?', '*'], "'cron(0 2 * * ? *)'"],
    [['cron(0', '2', '1', '*', '?', '*)'], "'cron(0 2 1 * ? *)'"],
    [['cron', '0', '2', 'package.json', 'src', '?', 'package.json'], "'cron(0 2 * * ? *)'"],
    [['0', '2', '*', '*', '?', '*'], "'cron(0 2 * * ? *)'"],
  ])(
    '`schedules add` says that an expression which the shell split, %j, needs quotes',
    async (words, fix) => {
      const { exitCode, stderr } = await add('deploys', ...words);
      expect(exitCode).toBe(2);
      expect(stderr).toContain(`An expression with spaces needs quotes: ${fix}`);
      expect(stderr).not.toContain('JSON');
    },
  );

  it.each([
    [['deploys', '0 3 * * *', '"eu"'], 'it has 5 fields, but cron(...) has 6'],
    [['src/hello.ts#hello', NIGHTLY], "Publish that first: codeseeder publish NAME 'src/hello.ts#hello'"],
    [['app:main', NIGHTLY], 'Publish that first: codeseeder publish NAME app:main'],
  ])('`schedules add` names what is wrong with %j', async (words, problem) => {
    const { stderr } = await add(...words);
    expect(stderr).toContain(problem);
    expect(stderr).not.toContain('needs quotes');
  });

  it('An argument that is not JSON behind a whole expression is reported as such', async () => {
    const { stderr } = await add('deploys', NIGHTLY, 'eu');
    expect(stderr).toContain('Argument 1 is not JSON: eu. A string needs quotes: \'"eu"\'');
  });

  it('`schedules add` sends a rate with the unit that its number asks for', async () => {
    await add('deploys', 'rate(1 minutes)');
    expect(created()).toMatchObject([{ ScheduleExpression: 'rate(1 minute)' }]);
  });

  it('`schedules add` refuses two arguments of commands, and a name that no run id can start with', async () => {
    mockTarget('commands');
    expect((await add('deploys', NIGHTLY, '1', '2')).stderr).toContain(
      'take at most 1 argument, but there are 2',
    );
    const named = await schedules('add', 'every night', 'deploys', NIGHTLY);
    expect(named.stderr).toContain('letters, digits, underscores and hyphens');
    expect(created()).toEqual([]);
  });

  it('`schedules add` refuses a name that exists, and replaces it with --replace', async () => {
    scheduler
      .on(CreateScheduleCommand)
      .rejects(new ConflictException({ $metadata: {}, Message: 'exists' } as never));
    const refused = await add('deploys', NIGHTLY);
    expect(refused.stderr).toContain('already has a schedule nightly');
    expect(scheduler.commandCalls(UpdateScheduleCommand)).toEqual([]);
    expect((await add('deploys', NIGHTLY, '--replace')).exitCode).toBe(0);
    expect(scheduler.commandCalls(UpdateScheduleCommand)[0]?.args[0].input).toMatchObject({
      Name: 'nightly',
    });
  });

  it('A seedkit of an earlier version is named with what to do', async () => {
    mockOutputs(OUTPUTS);
    const { stderr } = await add('deploys', NIGHTLY);
    expect(stderr).toContain('has no schedules, because an earlier version deployed it. Deploy it again.');
  });
});

describe('schedules list, show, pause, resume and remove', () => {
  it('`schedules list` prints each schedule with its next run in a line of 80 columns, and as JSON', async () => {
    mockSchedules(
      aSchedule({ Name: 'other', State: 'DISABLED', Target: { Arn: 'a', RoleArn: ROLE, Input: '{}' } }),
      aSchedule(),
    );
    const terminal = Object.assign(aTerminal({ environment: { NO_COLOR: '1' } }), {
      stdout: Object.assign(new KeptOutput(), { isTTY: true, columns: 80 }),
    });
    await main(['schedules', 'list', ...KIT], terminal);
    const lines = terminal.stdout.text.trimEnd().split('\n');
    expect(lines.map((line) => line.split(/ {2,}/))).toEqual([
      ['SCHEDULE', 'NEXT RUN', 'TIMES', 'TARGET'],
      ['nightly', expect.stringMatching(/^in \d+[hms]$/), 'cron(0 2 * * ? *) Europe/Berlin', 'deploys@prod'],
      ['other', 'paused', 'cron(0 2 * * ? *) Europe/Berlin', 'not made by codeseeder'],
    ]);
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(80);
    expect((await schedules('list')).stdout).toMatch(/^nightly +\d{4}-\d\d-\d\dT\d\d:00:00\.000Z {2}cron/m);
    const json = await schedules('list', '--json');
    expect(JSON.parse(json.stdout)).toMatchObject([
      {
        name: 'nightly',
        state: 'active',
        target: 'deploys@prod',
        args: ['eu'],
        nextRunAt: expect.any(String),
      },
      { name: 'other', state: 'paused' },
    ]);
  });

  it('`schedules show` prints the next and the last run, and as JSON the record of the last one', async () => {
    const runId = 'nightly-20260301T010000Z-0123abcd';
    const record = aRecord({
      runId,
      status: 'SUCCEEDED',
      trigger: 'SCHEDULE',
      queuedAt: '2026-03-01T01:00:05.000Z',
    });
    mockLastRun(record);
    const plain = await schedules('show', 'nightly');
    expect(plain.stdout).toMatch(/^next run +in \d+[hms]: \d{4}-\d\d-\d\d 02:00:00 Europe\/Berlin/m);
    expect(plain.stdout).toMatch(/^last run +SUCCEEDED, \d+d ago: 2026-03-01 02:00:05 Europe\/Berlin/m);
    expect(plain.stdout).toMatch(new RegExp(`^its id +${runId}$`, 'm'));
    const json = await schedules('show', 'nightly', '--json');
    expect(JSON.parse(json.stdout)).toMatchObject({ nextRunAt: expect.any(String), lastRun: { runId } });
  });

  it('`schedules show` says that a schedule has no runs yet, and that a paused one starts none', async () => {
    mockLastRun(undefined);
    mockSchedules(aSchedule({ State: 'DISABLED' }));
    const { stdout } = await schedules('show', 'nightly');
    expect(stdout).toMatch(/^next run +none: the schedule is paused$/m);
    expect(stdout).toMatch(/^last run +none yet$/m);
  });

  it('`schedules show` needs no right to read runs', async () => {
    dynamoDb
      .on(QueryCommand)
      .rejects(Object.assign(new Error('not authorized'), { name: 'AccessDeniedException' }));
    const { exitCode, stdout } = await schedules('show', 'nightly');
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^last run +cannot be read: AccessDeniedException$/m);
    expect(stdout).toMatch(/^next run +in /m);
  });

  it('`schedules pause` changes the state of a schedule and nothing else', async () => {
    const { exitCode } = await schedules('pause', 'nightly');
    expect(exitCode).toBe(0);
    const { Name, ...rest } = aSchedule();
    expect(scheduler.commandCalls(UpdateScheduleCommand)[0]?.args[0].input).toMatchObject({
      ...rest,
      Name,
      GroupName: 'codeseeder-demo',
      State: 'DISABLED',
    });
  });

  it('`schedules pause` ends on a terminal with the command that resumes the schedule, with its options', async () => {
    const terminal = aLiveTerminal(100);
    await main(['schedules', 'pause', 'nightly', ...KIT], terminal);
    expect(terminal.stderr.text).toBe(
      '  codeseeder schedules resume nightly --region eu-west-1 --seedkit demo  # starts runs again\n',
    );
  });

  it.each([
    ['pause', 'DISABLED', 'paused'],
    ['resume', 'ENABLED', 'active'],
  ] as const)(
    '`schedules %s` of a schedule in the state %s says so, and changes nothing',
    async (change, State, state) => {
      mockLastRun(undefined);
      mockSchedules(aSchedule({ State }));
      const { exitCode, stdout, stderr } = await schedules(change, 'nightly');
      expect(exitCode).toBe(0);
      expect(stderr).toBe(`The schedule nightly was already ${state}.\n`);
      expect(stdout).toMatch(new RegExp(`^state +${state}$`, 'm'));
      expect(scheduler.commandCalls(UpdateScheduleCommand)).toEqual([]);
    },
  );

  it('`schedules resume` prints the schedule with its next and its last run', async () => {
    mockLastRun(undefined);
    scheduler
      .on(GetScheduleCommand)
      .resolvesOnce(aSchedule({ State: 'DISABLED' }))
      .resolvesOnce(aSchedule({ State: 'DISABLED' }))
      .resolves(aSchedule());
    const { stdout } = await schedules('resume', 'nightly');
    expect(stdout).toMatch(/^next run +in \d+[hms]: \d{4}-\d\d-\d\d 02:00:00 Europe\/Berlin/m);
    expect(stdout).toMatch(/^last run +none yet$/m);
  });

  it('`schedules resume` refuses an at(...) whose time has passed', async () => {
    mockSchedules(aSchedule({ ScheduleExpression: 'at(2020-01-01T00:00:00)', State: 'DISABLED' }));
    const { stderr } = await schedules('resume', 'nightly');
    expect(stderr).toContain('has passed: it was 2019-12-31T23:00:00.000Z');
    expect(scheduler.commandCalls(UpdateScheduleCommand)).toEqual([]);
  });

  it('`schedules remove` deletes a schedule, and names the nearest ones for a name that none has', async () => {
    const removed = await schedules('remove', 'nightly');
    expect(removed.exitCode).toBe(0);
    expect(removed.stderr).toBe('Removed the schedule nightly. Runs that it started go on.\n');
    expect(removed.stdout).toMatch(/^SCHEDULE +nightly\ntarget +deploys@prod\n/);
    expect(scheduler.commandCalls(DeleteScheduleCommand)[0]?.args[0].input).toEqual({
      Name: 'nightly',
      GroupName: 'codeseeder-demo',
    });
    const { stderr } = await schedules('show', 'nihgtly');
    expect(stderr).toContain('has no schedule nihgtly. The nearest names: nightly.');
  });
});

describe('runs list --schedule', () => {
  const list = (name: string) => runMain(['runs', 'list', '--schedule', name, ...KIT]);

  it('`runs list` of a schedule that does not exist says so, with the nearest names', async () => {
    mockLastRun(undefined);
    const { exitCode, stderr } = await list('nihgtly');
    expect(exitCode).toBe(0);
    expect(stderr).toContain('has no schedule nihgtly. The nearest names: nightly.');
    expect((await list('nightly')).stderr).toBe('');
  });

  it('`runs list` of a schedule needs no right to read schedules', async () => {
    mockLastRun(undefined);
    scheduler
      .on(GetScheduleCommand)
      .rejects(Object.assign(new Error('not authorized'), { name: 'AccessDeniedException' }));
    expect(await list('nihgtly')).toMatchObject({ exitCode: 0, stderr: '' });
  });
});

describe('targets remove', () => {
  it.each([
    [['deploys', '--all'], 'Removed the target deploys with 1 version.\n'],
    [['deploys@1'], 'Removed deploys@1, the last version of the target deploys.\n'],
  ])('`targets remove` of all versions, %j, says so in place of an empty table', async (args, message) => {
    mockSchedules();
    mockTarget('node', { aliases: false });
    s3.on(PutObjectCommand).resolves({});
    const plain = await runMain(['targets', 'remove', ...args, ...KIT]);
    expect(plain).toEqual({ exitCode: 0, stdout: '', stderr: message });
    const { stdout } = await runMain(['targets', 'remove', ...args, '--json', ...KIT]);
    expect(JSON.parse(stdout)).toMatchObject({ name: 'deploys', versions: [] });
  });

  it.each([
    ['the alias that a schedule starts', ['deploys@prod'], 'starts deploys@prod'],
    ['a target of which a schedule starts an alias', ['deploys', '--all'], 'starts deploys'],
    ['the last version of such a target', ['deploys@1'], 'starts deploys'],
  ])('`targets remove` refuses %s, and names the schedule', async (_what, args, message) => {
    const { exitCode, stderr } = await runMain(['targets', 'remove', ...args, ...KIT]);
    expect(exitCode).not.toBe(0);
    expect(stderr).toContain(
      `The schedule nightly of the seedkit demo ${message}. Remove it first: codeseeder schedules remove nightly`,
    );
    expect(s3.commandCalls(PutObjectCommand)).toEqual([]);
  });
});
