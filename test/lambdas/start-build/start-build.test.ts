import {
  AccountLimitExceededException,
  BatchGetBuildsCommand,
  CodeBuildClient,
  CodeBuildServiceException,
  InvalidInputException,
  ListBuildsForProjectCommand,
  StartBuildCommand,
  StopBuildCommand,
} from '@aws-sdk/client-codebuild';
import { ConditionalCheckFailedException, DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';

import { startBuild } from '../../../lambdas/start-build/start-build.js';
import { parseRunStateChange, type RunRecord } from '../../../lib/contract/index.js';
import { aRunRecord } from '../../contract/builders.js';

const codebuild = mockClient(CodeBuildClient);
const dynamodb = mockClient(DynamoDBClient);

const QUEUED_MS = Date.parse('2026-03-01T10:00:00.000Z');
const DEADLINE = new Date(QUEUED_MS + 60 * 60_000).toISOString();
const BUILD = {
  id: 'p:uuid',
  projectName: 'p',
  startTime: new Date(QUEUED_MS + 1000),
  currentPhase: 'QUEUED',
};
const overIs = new ConditionalCheckFailedException({ $metadata: {}, message: 'over' });
const ATTEMPT = /#buildRequestedAt = if_not_exists/;
const BUILD_ID = /#buildId = /;
const REMOVE = /REMOVE/;

function start(minutesLater = 0, overrides: object = {}) {
  return startBuild(
    { runId: 'run-1', startBuild: { projectName: 'p', ...overrides }, queueDeadline: DEADLINE },
    {
      codebuild: new CodeBuildClient({}),
      dynamodb: new DynamoDBClient({}),
      runTable: 'runs',
      lockTable: 'locks',
      now: () => new Date(QUEUED_MS + minutesLater * 60_000),
    },
  );
}

function updates(pattern: RegExp) {
  return dynamodb
    .commandCalls(UpdateItemCommand)
    .map((call) => call.args[0].input)
    .filter(({ UpdateExpression = '' }) => pattern.test(UpdateExpression));
}

const started = () => codebuild.commandCalls(StartBuildCommand).map((call) => call.args[0].input);

/** Mocks the record before the first attempt. The table returns it for every update. */
function recordIs(overrides: Partial<RunRecord> = {}) {
  dynamodb.on(UpdateItemCommand).resolves({ Attributes: marshall(aRunRecord(overrides)) });
}

/** Mocks the table to reject updates whose expression matches. */
function tableRefuses(pattern: RegExp) {
  dynamodb.on(UpdateItemCommand).callsFake(async ({ UpdateExpression }: { UpdateExpression: string }) => {
    if (pattern.test(UpdateExpression)) throw overIs;
    return { Attributes: marshall(aRunRecord()) };
  });
}

beforeEach(() => {
  codebuild.reset();
  dynamodb.reset();
  recordIs({ phase: 'QUEUED' });
  codebuild.on(StartBuildCommand).resolves({ build: BUILD });
  codebuild.on(BatchGetBuildsCommand).resolves({});
});

describe('start-build', () => {
  it('`start-build` starts a build with the rest of the queue timeout and records it', async () => {
    const result = await start(10.5);

    expect(started()).toEqual([
      {
        projectName: 'p',
        queuedTimeoutInMinutesOverride: 49,
        idempotencyToken: expect.stringMatching(/^[0-9a-f]{64}$/),
      },
    ]);
    expect(updates(BUILD_ID)[0]).toMatchObject({
      Key: { runId: { S: 'run-1' } },
      ConditionExpression: '#status IN (:active0, :active1)',
      ReturnValues: 'ALL_NEW',
    });
    expect(result).toMatchObject({ buildId: 'p:uuid', buildStartedAt: '2026-03-01T10:00:01.000Z' });
    expect(parseRunStateChange(result.event)).toMatchObject({
      runId: 'run-1',
      status: 'BUILDING',
      buildId: 'p:uuid',
      startedAt: '2026-03-01T10:00:01.000Z',
      phase: 'QUEUED',
      logGroup: '/aws/codebuild/p',
      logStream: 'uuid',
    });
    expect(result.transition.ExpressionAttributeValues).toMatchObject({
      ':status': { S: 'BUILDING' },
      ':logStream': { S: 'uuid' },
    });
  });

  it('`start-build` takes the log group and stream from CodeBuild when they are known', async () => {
    codebuild.on(StartBuildCommand).resolves({
      build: { ...BUILD, logs: { groupName: 'group', streamName: 'stream' } },
    });

    expect((await start()).event).toMatchObject({ logGroup: 'group', logStream: 'stream' });
  });

  it("`start-build` derives the log group and stream from the project's log configuration", async () => {
    codebuild.on(StartBuildCommand).resolves({
      build: {
        ...BUILD,
        logs: { cloudWatchLogs: { status: 'ENABLED', groupName: 'group', streamName: 'prefix' } },
      },
    });

    expect((await start()).event).toMatchObject({ logGroup: 'group', logStream: 'prefix/uuid' });
  });

  it('`start-build` records the compute of the build, unless it runs on a fleet', async () => {
    const environment = {
      type: 'LINUX_CONTAINER',
      computeType: 'BUILD_GENERAL1_LARGE',
      image: 'image',
    } as const;
    codebuild.on(StartBuildCommand).resolves({ build: { ...BUILD, environment } });
    const { event, transition } = await start();

    const expected = { computeType: 'BUILD_GENERAL1_LARGE', environmentType: 'LINUX_CONTAINER' };
    expect(event).toMatchObject(expected);
    expect(transition.ExpressionAttributeValues).toMatchObject({
      ':computeType': { S: expected.computeType },
    });
    const fleet = { fleetArn: 'arn:aws:codebuild:eu-central-1:123456789012:fleet/team' };
    codebuild.on(StartBuildCommand).resolves({ build: { ...BUILD, environment: { ...environment, fleet } } });
    expect((await start()).event).not.toHaveProperty('computeType');
  });

  it('`start-build` never gives CodeBuild less than its minimum of five minutes', async () => {
    await start(58);

    expect(started()[0]?.queuedTimeoutInMinutesOverride).toBe(5);
  });

  it('`start-build` gives Lambda compute no queue timeout, which it does not accept', async () => {
    await start(10, { environmentTypeOverride: 'LINUX_LAMBDA_CONTAINER' });

    expect(started()).toHaveLength(1);
    expect(started()[0]?.queuedTimeoutInMinutesOverride).toBeUndefined();
  });

  it('`start-build` throws QueueTimedOut when the queue timeout has passed', async () => {
    await expect(start(60)).rejects.toThrow(expect.objectContaining({ name: 'QueueTimedOut' }));
    expect(started()).toHaveLength(0);
  });

  it('`start-build` records the attempt before it calls CodeBuild', async () => {
    tableRefuses(ATTEMPT);

    await expect(start()).rejects.toThrow(expect.objectContaining({ name: 'RunCanceled' }));
    expect(started()).toHaveLength(0);
    expect(updates(ATTEMPT)[0]).toMatchObject({
      ExpressionAttributeValues: { ':buildRequestedAt': { S: '2026-03-01T10:00:00.000Z' } },
      ReturnValues: 'ALL_OLD',
    });
  });

  it('`start-build` stops the build of a run that was canceled in the meantime', async () => {
    tableRefuses(BUILD_ID);

    await expect(start()).rejects.toThrow(expect.objectContaining({ name: 'RunCanceled' }));
    expect(codebuild.commandCalls(StopBuildCommand)[0]?.args[0].input).toEqual({ id: 'p:uuid' });
  });
});

describe('start-build, asked again', () => {
  it('A repeated start-build finds the build that the record names and starts none', async () => {
    recordIs({ buildId: 'p:uuid' });
    codebuild.on(BatchGetBuildsCommand, { ids: ['p:uuid'] }).resolves({ builds: [BUILD] });

    expect(await start()).toMatchObject({ buildId: 'p:uuid' });
    expect(started()).toHaveLength(0);
  });

  it('A repeated start-build sends the same request while the idempotency token is valid', async () => {
    await start(1);
    recordIs({ buildRequestedAt: new Date(QUEUED_MS + 60_000).toISOString() });
    await start(4.5);

    expect(started()).toHaveLength(2);
    expect(started()[1]).toEqual(started()[0]);
  });

  it('A repeated start-build finds its build in the project after the token has expired', async () => {
    recordIs({ buildRequestedAt: new Date(QUEUED_MS).toISOString() });
    const named = (runId: string) => ({
      environmentVariables: [{ name: 'CODESEEDER_RUN_ID', value: runId }],
      type: 'LINUX_CONTAINER' as const,
      image: 'i',
      computeType: 'BUILD_GENERAL1_SMALL' as const,
    });
    const startedByOthers = {
      ...BUILD,
      id: 'p:theirs',
      environment: { ...named(''), environmentVariables: undefined },
    };
    codebuild.on(ListBuildsForProjectCommand).resolves({ ids: ['p:theirs', 'p:other', 'p:uuid'] });
    codebuild.on(BatchGetBuildsCommand).resolves({
      builds: [
        startedByOthers,
        { ...BUILD, id: 'p:other', environment: named('run-2') },
        { ...BUILD, environment: named('run-1') },
      ],
    });

    expect(await start(10)).toMatchObject({ buildId: 'p:uuid' });
    expect(started()).toHaveLength(0);
  });

  it('A repeated start-build searches no further back than its attempt, then starts a build with another token', async () => {
    await start(0);
    recordIs({ buildRequestedAt: new Date(QUEUED_MS).toISOString() });
    codebuild.on(ListBuildsForProjectCommand).resolves({ ids: ['p:old'], nextToken: 'more' });
    codebuild.on(BatchGetBuildsCommand).resolves({
      builds: [{ id: 'p:old', startTime: new Date(QUEUED_MS - 3_600_000) }],
    });
    await start(10);

    expect(codebuild.commandCalls(ListBuildsForProjectCommand)).toHaveLength(1);
    expect(started()).toHaveLength(2);
    expect(started()[1]?.idempotencyToken).not.toBe(started()[0]?.idempotencyToken);
  });
});

describe('what CodeBuild refuses', () => {
  const meta = { $metadata: { attempts: 1 }, message: 'because' };

  it.each([
    new AccountLimitExceededException(meta),
    new CodeBuildServiceException({ ...meta, name: 'ThrottlingException', $fault: 'client' }),
  ])('`start-build` throws CapacityUnavailable and records the reason after $name', async (error) => {
    codebuild.on(StartBuildCommand).rejects(error);

    await expect(start()).rejects.toThrow(expect.objectContaining({ name: 'CapacityUnavailable' }));
    expect(updates(REMOVE)).toMatchObject([
      {
        ExpressionAttributeValues: {
          ':queuedReason': { S: 'CodeBuild has no capacity for another build: because' },
        },
      },
    ]);
  });

  it.each([
    ['an attempt of the SDK without an answer', {}, { ...meta, $metadata: { attempts: 3 } }],
    ['a former invocation without an answer', { buildRequestedAt: new Date(QUEUED_MS).toISOString() }, meta],
  ])('A refusal after %s keeps the request, so that its build is found', async (_what, record, options) => {
    recordIs(record);
    codebuild.on(StartBuildCommand).rejects(new AccountLimitExceededException(options));

    await expect(start(1)).rejects.toThrow(expect.objectContaining({ name: 'CapacityUnavailable' }));
    expect(updates(REMOVE)).toEqual([]);
    expect(updates(/SET #queuedReason = /)).toHaveLength(1);
  });

  it('A quota of 0 for the compute type fails at once with both ways out', async () => {
    codebuild.on(StartBuildCommand).rejects(
      new AccountLimitExceededException({
        $metadata: {},
        message: 'Cannot have more than 0 builds in queue for the account',
      }),
    );

    await expect(start()).rejects.toThrow(expect.objectContaining({ name: 'BuildQuotaZero' }));
    await expect(start()).rejects.toThrow(/smaller computeType.*Service Quotas.*AWS Support/);
  });

  it("A request that CodeBuild rejects fails at once with CodeBuild's message", async () => {
    codebuild.on(StartBuildCommand).rejects(new InvalidInputException(meta));

    await expect(start()).rejects.toThrow(expect.objectContaining({ name: 'InvalidRequest' }));
    await expect(start()).rejects.toThrow('because');
  });

  it('`start-build` keeps the recorded attempt when CodeBuild gives no clear answer', async () => {
    codebuild.on(StartBuildCommand).rejects(new Error('socket hang up'));

    await expect(start()).rejects.toThrow('socket hang up');
    expect(updates(REMOVE)).toHaveLength(0);
  });
});
