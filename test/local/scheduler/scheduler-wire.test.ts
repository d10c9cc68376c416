import {
  CreateScheduleCommand,
  CreateScheduleGroupCommand,
  DeleteScheduleCommand,
  DeleteScheduleGroupCommand,
  GetScheduleCommand,
  GetScheduleGroupCommand,
  ListScheduleGroupsCommand,
  ListSchedulesCommand,
  ListTagsForResourceCommand,
  paginateListSchedules,
  SchedulerClient,
  UpdateScheduleCommand,
} from '@aws-sdk/client-scheduler';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';

import { placeEnvironment } from '../../../lib/local/place-context.js';
import { startServer } from '../../../lib/local/server/start-server.js';
import { openAwsCli } from '../../aws-cli/aws-cli.js';
import { withAwsCli } from '../../installed-tools.js';
import { openTestPlaceContext, type TestPlaceContext } from '../test-place-context.js';
import { FUNCTION, openTestScheduler, SCHEDULE, TARGET, type TestScheduler } from './test-scheduler.js';

let context: TestPlaceContext;
let scheduler: TestScheduler;
let server: Awaited<ReturnType<typeof startServer>>;
let client: SchedulerClient;

beforeAll(async () => {
  context = await openTestPlaceContext();
  scheduler = await openTestScheduler(context);
  server = await startServer({ context, services: [scheduler.service], port: 0 });
  context.setEndpoint(`http://127.0.0.1:${server.port}`);
  const { region, credentials } = context;
  client = new SchedulerClient({ region, credentials, endpoint: context.endpoint(), maxAttempts: 1 });
});
afterAll(async () => {
  client.destroy();
  await server.close();
  await scheduler.close();
  await context.dispose();
});
afterEach(async () => {
  const { Schedules = [] } = await client.send(new ListSchedulesCommand({}));
  for (const { Name, GroupName } of Schedules)
    await client.send(new DeleteScheduleCommand({ Name, GroupName }));
});

const create = (more: object = {}) => client.send(new CreateScheduleCommand({ ...SCHEDULE, ...more }));
const get = (Name = 'nightly') => client.send(new GetScheduleCommand({ Name }));
const ARN = 'arn:aws:scheduler:eu-central-1:123456789012:schedule/default/nightly';

describe('EventBridge Scheduler by the SDK', () => {
  it('A schedule is returned with all that it was created with, and with the defaults of AWS', async () => {
    const given = {
      ScheduleExpressionTimezone: 'Europe/Berlin',
      StartDate: new Date('2099-01-01T00:00:00Z'),
      EndDate: new Date('2099-02-01T00:00:00.500Z'),
      Description: 'Deploys at night',
      FlexibleTimeWindow: { Mode: 'FLEXIBLE', MaximumWindowInMinutes: 15 },
      ActionAfterCompletion: 'DELETE',
      State: 'DISABLED',
    };
    await expect(create(given)).resolves.toMatchObject({ ScheduleArn: ARN });
    const found = await get();
    expect(found).toMatchObject({
      ...given,
      Arn: ARN,
      GroupName: 'default',
      ScheduleExpression: SCHEDULE.ScheduleExpression,
      Target: { ...TARGET, RetryPolicy: { MaximumEventAgeInSeconds: 86_400, MaximumRetryAttempts: 185 } },
    });
    expect(found.CreationDate).toBeInstanceOf(Date);
  });

  it('An update replaces the whole schedule, and keeps when it was created', async () => {
    await create({ Description: 'old', State: 'DISABLED' });
    const before = await get();
    await client.send(
      new UpdateScheduleCommand({
        ...SCHEDULE,
        ScheduleExpression: 'rate(2 days)',
        StartDate: new Date('2099-01-01'),
      }),
    );
    const after = await get();
    expect(after).toMatchObject({ ScheduleExpression: 'rate(2 days)', State: 'ENABLED' });
    expect(after.Description).toBeUndefined();
    expect(after.CreationDate).toEqual(before.CreationDate);
  });

  it('Schedules are listed page by page, by group, state and start of the name', async () => {
    await client.send(new CreateScheduleGroupCommand({ Name: 'team', Tags: [{ Key: 'a', Value: 'b' }] }));
    for (const Name of ['b', 'a', 'c']) await create({ Name, GroupName: 'team' });
    await create({ State: 'DISABLED' });
    const names: (string | undefined)[] = [];
    const pages = paginateListSchedules({ client, pageSize: 2 }, { GroupName: 'team' });
    for await (const { Schedules = [] } of pages) names.push(...Schedules.map(({ Name }) => Name));
    expect(names).toEqual(['a', 'b', 'c']);
    const disabled = await client.send(new ListSchedulesCommand({ State: 'DISABLED' }));
    expect(disabled.Schedules).toMatchObject([
      { Name: 'nightly', GroupName: 'default', Target: { Arn: FUNCTION } },
    ]);
    const named = await client.send(new ListSchedulesCommand({ NamePrefix: 'c' }));
    expect(named.Schedules).toMatchObject([{ Name: 'c' }]);
    await expect(client.send(new GetScheduleGroupCommand({ Name: 'team' }))).resolves.toMatchObject({
      State: 'ACTIVE',
    });
    const groups = await client.send(new ListScheduleGroupsCommand({}));
    expect(groups.ScheduleGroups?.map(({ Name }) => Name)).toEqual(['default', 'team']);
    const ResourceArn = groups.ScheduleGroups?.[1]?.Arn;
    await expect(client.send(new ListTagsForResourceCommand({ ResourceArn }))).resolves.toMatchObject({
      Tags: [{ Key: 'a', Value: 'b' }],
    });
    await client.send(new DeleteScheduleGroupCommand({ Name: 'team' }));
    expect((await client.send(new ListSchedulesCommand({}))).Schedules).toHaveLength(1);
  });

  it('A creation that is repeated with its token changes nothing, and another one of the name is refused', async () => {
    await create({ ClientToken: 'token-1' });
    await expect(create({ ClientToken: 'token-1' })).resolves.toMatchObject({ ScheduleArn: ARN });
    await expect(create()).rejects.toMatchObject({
      name: 'ConflictException',
      message: 'Schedule nightly already exists.',
      $metadata: { httpStatusCode: 409 },
    });
  });

  it('What does not exist is refused as AWS refuses it', async () => {
    const missing = { name: 'ResourceNotFoundException', $metadata: { httpStatusCode: 404 } };
    await expect(get('none')).rejects.toMatchObject({ ...missing, message: 'Schedule none does not exist.' });
    await expect(client.send(new UpdateScheduleCommand(SCHEDULE))).rejects.toMatchObject(missing);
    await expect(client.send(new DeleteScheduleCommand({ Name: 'none' }))).rejects.toMatchObject(missing);
    await expect(create({ GroupName: 'none' })).rejects.toMatchObject({
      ...missing,
      message: 'Schedule group none does not exist.',
    });
    await expect(client.send(new ListSchedulesCommand({ GroupName: 'none' }))).rejects.toMatchObject(missing);
  });

  it.each<[string, object, string]>([
    ['an expression that is none', { ScheduleExpression: 'daily' }, 'Invalid Schedule Expression daily.'],
    ['a time zone that is none', { ScheduleExpressionTimezone: 'Mars/Base' }, 'Mars/Base'],
    ['a window without minutes', { FlexibleTimeWindow: { Mode: 'FLEXIBLE' } }, 'MaximumWindowInMinutes'],
    ['an end in the past', { EndDate: new Date(0) }, 'EndDate'],
    ['a name with a slash', { Name: 'a/b' }, 'regular expression'],
    [
      'another target',
      { Target: { ...TARGET, Arn: 'arn:aws:sqs:eu-central-1:123456789012:q' } },
      'functions only',
    ],
    ['parameters of another target', { Target: { ...TARGET, SqsParameters: {} } }, 'SqsParameters'],
    [
      'more retries than allowed',
      { Target: { ...TARGET, RetryPolicy: { MaximumRetryAttempts: 186 } } },
      '185',
    ],
  ])('A schedule with %s is refused', async (_what, more, message) => {
    await expect(create(more)).rejects.toMatchObject({
      name: 'ValidationException',
      message: expect.stringContaining(message),
    });
  });
});

describe('EventBridge Scheduler by the AWS CLI', () => {
  withAwsCli('The AWS CLI creates a schedule and reads it', async () => {
    const env = { ...process.env, ...placeEnvironment(context) };
    const cli = await openAwsCli();
    const aws = (...args: string[]) => cli.run(['scheduler', ...args, '--output', 'json'], env);
    await aws(
      'create-schedule',
      '--name=by-cli',
      '--schedule-expression=cron(0 2 * * ? *)',
      '--schedule-expression-timezone=Europe/Berlin',
      '--flexible-time-window={"Mode":"OFF"}',
      `--target=${JSON.stringify(TARGET)}`,
    );
    expect(JSON.parse(await aws('get-schedule', '--name=by-cli'))).toMatchObject({
      Name: 'by-cli',
      State: 'ENABLED',
      ScheduleExpressionTimezone: 'Europe/Berlin',
    });
    await expect(aws('get-schedule', '--name=none')).rejects.toThrow('ResourceNotFoundException');
    await cli.close();
  });
});
