import { BatchGetBuildsCommand, CodeBuildClient } from '@aws-sdk/client-codebuild';
import {
  BatchGetItemCommand,
  GetItemCommand,
  ScanCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { GetObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import {
  GetScheduleCommand,
  ListSchedulesCommand,
  SchedulerClient,
  UpdateScheduleCommand,
} from '@aws-sdk/client-scheduler';
import { marshall } from '@aws-sdk/util-dynamodb';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';

import type { ReleaseRequest } from '../../../client/console/api.js';
import { newTarget, scheduleInput, targetKey, withAlias, withVersion } from '../../../lib/contract/index.js';
import { objectWith } from '../../lambdas/s3-answers.js';
import { aRecord, dynamoDb, mockStack, OUTPUTS, resetAccount, s3 } from '../mocked-account.js';
import { type OpenConsole, openConsole } from './mocked-console.js';

const AT = '2026-03-01T10:00:00.000Z';
const scheduler = mockClient(SchedulerClient);
const codebuild = mockClient(CodeBuildClient);

let site: OpenConsole;

beforeEach(async () => {
  resetAccount();
  scheduler.reset();
  codebuild.reset();
  mockStack('CREATE_COMPLETE', { ...OUTPUTS, ScheduleGroup: 'codeseeder-demo', SchedulerRoleArn: 'role' });
  site = await openConsole();
});

afterEach(() => site.running.close());

const read = async (path: string) => {
  const { status, body } = await site.get(path);
  return { status, value: JSON.parse(body) as unknown };
};

describe('Published targets in the console', () => {
  it('Targets have their versions and aliases', async () => {
    const published = withVersion(newTarget('deploys'), {
      publication: 'pub-1',
      definition: { sha256: 'a'.repeat(64), sizeBytes: 1 },
      kind: 'node',
      runs: 'deploy#network',
      publishedAt: AT,
    });
    s3.on(ListObjectsV2Command).resolves({ Contents: [{ Key: targetKey('deploys') }] });
    s3.on(GetObjectCommand, { Key: targetKey('deploys') }).callsFake(() =>
      objectWith(JSON.stringify(withAlias(published, 'prod', 1))),
    );

    expect((await read('/api/targets')).value).toMatchObject({
      targets: [
        { name: 'deploys', aliases: { prod: 1 }, versions: [{ version: 1, runs: 'deploy#network' }] },
      ],
    });
  });
});

describe('Schedules in the console', () => {
  const mockSchedule = (State: 'ENABLED' | 'DISABLED') => {
    scheduler.on(ListSchedulesCommand).resolves({ Schedules: [{ Name: 'nightly' }] });
    scheduler.on(GetScheduleCommand).resolves({
      Name: 'nightly',
      State,
      ScheduleExpression: 'rate(1 day)',
      Target: {
        Arn: 'arn',
        RoleArn: 'role',
        Input: scheduleInput('nightly', 'nonce', { target: 'deploys@prod' }),
      },
    });
  };

  it('Schedules have their target and times', async () => {
    mockSchedule('ENABLED');

    expect((await read('/api/schedules')).value).toMatchObject({
      schedules: [{ name: 'nightly', state: 'active', target: 'deploys@prod', expression: 'rate(1 day)' }],
    });
  });

  it.each([
    ['pause', 'ENABLED', 'DISABLED'],
    ['resume', 'DISABLED', 'ENABLED'],
  ] as const)('The own page can %s a schedule', async (change, before, after) => {
    mockSchedule(before);
    const { status } = await site.post(`/api/schedules/${change}`, { name: 'nightly' });

    expect(status).toBe(200);
    expect(scheduler.commandCalls(UpdateScheduleCommand).map((call) => call.args[0].input)).toMatchObject([
      { Name: 'nightly', GroupName: 'codeseeder-demo', State: after },
    ]);
  });

  it('A caller without the right to read schedules gets 403 with the message of AWS', async () => {
    scheduler
      .on(ListSchedulesCommand)
      .rejects(Object.assign(new Error('not authorized'), { name: 'AccessDeniedException' }));

    expect(await read('/api/schedules')).toEqual({
      status: 403,
      value: { code: 'AccessDeniedException', message: 'not authorized' },
    });
  });
});

describe('Locks in the console', () => {
  const HELD = { lock: 'dev', fence: 7, holder: { runId: 'r-1', grantedAt: AT }, waiting: ['r-2'] };
  const RELEASE: ReleaseRequest = { name: 'dev', holder: 'r-1', confirmation: 'dev', force: false };

  beforeEach(() => {
    const runs = [
      aRecord({ runId: 'r-1', status: 'BUILDING', buildId: 'p:1' }),
      aRecord({ runId: 'r-2', status: 'QUEUED' }),
    ].map((run) => marshall(run, { removeUndefinedValues: true }));
    dynamoDb.on(ScanCommand).resolves({ Items: [marshall(HELD)] });
    dynamoDb.on(BatchGetItemCommand).resolves({ Responses: { 'codeseeder-demo-runs': runs } });
    dynamoDb.on(GetItemCommand, { TableName: 'codeseeder-demo-locks' }).resolves({ Item: marshall(HELD) });
    dynamoDb.on(GetItemCommand, { TableName: 'codeseeder-demo-runs' }).resolves({ Item: runs[0] });
    dynamoDb.on(UpdateItemCommand).resolves({
      Attributes: marshall({ ...HELD, holder: undefined, waiting: [] }, { removeUndefinedValues: true }),
    });
  });

  it('Locks have their holder with its status, and their queue', async () => {
    expect((await read('/api/locks')).value).toEqual({
      locks: [
        {
          name: 'dev',
          token: 7,
          holder: { runId: 'r-1', grantedAt: AT, status: 'BUILDING', buildId: 'p:1' },
          waiting: ['r-2'],
        },
      ],
    });
  });

  it('A lock whose build has ended is released after its name was typed', async () => {
    codebuild.on(BatchGetBuildsCommand).resolves({ builds: [{ id: 'p:1', buildComplete: true }] });

    expect((await site.post('/api/locks/release', RELEASE)).status).toBe(200);
    expect(dynamoDb.commandCalls(UpdateItemCommand).length).toBeGreaterThan(0);
  });

  it.each<[string, Partial<ReleaseRequest>, number, string]>([
    ['another name typed', { confirmation: 'prod' }, 400, 'Nothing was released'],
    ['another holder than the reader saw', { holder: 'r-0' }, 409, 'The run r-1 holds it now'],
    ['a build that is running', {}, 409, 'may still be running'],
  ])('A lock with %s is not released', async (_what, change, status, message) => {
    codebuild.on(BatchGetBuildsCommand).resolves({ builds: [{ id: 'p:1', buildComplete: false }] });
    const answer = await site.post('/api/locks/release', { ...RELEASE, ...change });

    expect(answer.status).toBe(status);
    expect(answer.body).toContain(message);
    expect(dynamoDb.commandCalls(UpdateItemCommand)).toEqual([]);
  });

  it('A lock of a running build is released by force', async () => {
    expect((await site.post('/api/locks/release', { ...RELEASE, force: true })).status).toBe(200);
  });
});

describe('Actions of other sites', () => {
  it.each(['/api/schedules/pause', '/api/schedules/resume', '/api/locks/release'])(
    "A POST to %s without the console's Origin is refused before AWS is called",
    async (path) => {
      const { origin: _, ...headers } = site.action();
      const answer = await site.call(path, { method: 'POST', headers, body: '{}' });

      expect(answer.status).toBe(403);
      expect((await site.get(path)).status).toBe(404);
      expect(scheduler.calls()).toEqual([]);
      expect(dynamoDb.calls()).toEqual([]);
    },
  );
});
