import { BatchGetBuildsCommand, CodeBuildClient, StopBuildCommand } from '@aws-sdk/client-codebuild';
import { ConditionalCheckFailedException, DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { SendTaskFailureCommand, SendTaskSuccessCommand, SFNClient } from '@aws-sdk/client-sfn';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';

import { pollBuild } from '../../../lambdas/poll-build/poll-build.js';

const codebuild = mockClient(CodeBuildClient);
const dynamodb = mockClient(DynamoDBClient);
const sfn = mockClient(SFNClient);
const STARTED_MS = Date.parse('2026-03-01T10:00:00.000Z');
const input = {
  runId: 'run-1',
  buildId: 'p:1',
  buildStartedAt: new Date(STARTED_MS).toISOString(),
  taskToken: 'token',
};
const building = {
  id: 'p:1',
  buildComplete: false,
  buildStatus: 'IN_PROGRESS',
  currentPhase: 'BUILD',
} as const;
const ended = { id: 'p:1', buildComplete: true, buildStatus: 'FAILED', currentPhase: 'COMPLETED' } as const;

const warnings: string[] = [];

function pollAt(ageSeconds: number) {
  return pollBuild(input, {
    codebuild: new CodeBuildClient({}),
    dynamodb: new DynamoDBClient({}),
    sfn: new SFNClient({}),
    runTable: 'runs',
    now: () => new Date(STARTED_MS + ageSeconds * 1000),
    warn: (message) => void warnings.push(message),
  });
}

function found(...builds: object[]): void {
  codebuild.on(BatchGetBuildsCommand).resolves({ builds });
}

function awsError(name: string, httpStatusCode: number): Error {
  return Object.assign(new Error('Rate exceeded'), { name, $metadata: { httpStatusCode } });
}

beforeEach(() => {
  for (const client of [codebuild, dynamodb, sfn]) client.reset();
  dynamodb.on(UpdateItemCommand).resolves({});
  warnings.length = 0;
});

describe('poll-build', () => {
  it('`poll-build` returns the task token if the build is complete', async () => {
    found(ended);

    expect(await pollAt(1)).toBe('ended');
    expect(sfn.commandCalls(SendTaskSuccessCommand)[0]?.args[0].input).toEqual({
      taskToken: 'token',
      output: '{}',
    });
  });

  it('`poll-build` records the token before it checks the build, so that no end in between is missed', async () => {
    const order: string[] = [];
    dynamodb.on(UpdateItemCommand).callsFake(({ UpdateExpression }) => {
      order.push(UpdateExpression);
      return {};
    });
    codebuild.on(BatchGetBuildsCommand).callsFake(() => {
      order.push('look');
      return { builds: [building] };
    });

    expect(await pollAt(1)).toBe('building');
    expect(order).toEqual(['SET #taskToken = :taskToken', 'look', 'SET #phase = :phase']);
    expect(sfn.calls()).toEqual([]);
  });

  it('`poll-build` records a phase with an unknown name as CodeBuild names it', async () => {
    found({ ...building, currentPhase: 'DOWNLOAD_CACHE' });

    await pollAt(1);
    const { ExpressionAttributeValues } = dynamodb.commandCalls(UpdateItemCommand)[1]?.args[0].input ?? {};
    expect(ExpressionAttributeValues).toMatchObject({ ':phase': { S: 'DOWNLOAD_CACHE' } });
  });

  it.each([
    ['throttling', awsError('ThrottlingException', 400)],
    ['a server error', awsError('UnknownError', 503)],
    ['a broken connection', Object.assign(new Error('reset'), { code: 'ECONNRESET' })],
    ['a timeout', Object.assign(new Error('timed out'), { name: 'TimeoutError' })],
  ])('`poll-build` returns without an error after %s of BatchGetBuilds', async (_what, error) => {
    codebuild.on(BatchGetBuildsCommand).rejects(error);

    expect(await pollAt(100_000_000)).toBe('unseen');
    expect(sfn.calls()).toEqual([]);
    expect(codebuild.commandCalls(StopBuildCommand)).toEqual([]);
    expect(warnings).toEqual(['Could not look at the build']);
  });

  it('`poll-build` checks the build even if the token could not be recorded', async () => {
    dynamodb.on(UpdateItemCommand).rejects(awsError('ProvisionedThroughputExceededException', 400));
    found(ended);

    expect(await pollAt(1)).toBe('ended');
    expect(warnings).toEqual(['Could not record the token']);
  });

  it('`poll-build` returns the token of a run whose record has ended', async () => {
    dynamodb
      .on(UpdateItemCommand)
      .rejects(new ConditionalCheckFailedException({ message: '', $metadata: {} }));
    found(ended);

    expect(await pollAt(1)).toBe('ended');
  });

  it('`poll-build` throws an error that is not transient', async () => {
    codebuild.on(BatchGetBuildsCommand).rejects(awsError('AccessDeniedException', 400));

    await expect(pollAt(1)).rejects.toMatchObject({ name: 'AccessDeniedException' });
    expect(sfn.calls()).toEqual([]);
  });

  it.each(['TaskTimedOut', 'TaskDoesNotExist', 'InvalidToken'])(
    '`poll-build` ignores that a token is no longer valid (%s)',
    async (name) => {
      found(ended);
      sfn.on(SendTaskSuccessCommand).rejects(awsError(name, 400));

      expect(await pollAt(1)).toBe('ended');
    },
  );

  it('A build that CodeBuild does not find in its first ten minutes is checked again', async () => {
    codebuild.on(BatchGetBuildsCommand).resolves({ builds: [], buildsNotFound: ['p:1'] });

    expect(await pollAt(599)).toBe('unseen');
    expect(sfn.calls()).toEqual([]);
    expect(await pollAt(600)).toBe('failed');
    expect(sfn.commandCalls(SendTaskFailureCommand)[0]?.args[0].input).toEqual({
      taskToken: 'token',
      error: 'ControlPlaneError',
      cause: 'CodeBuild has no build p:1. It may have been deleted.',
    });
  });

  it.each([
    ['of its own limits', { queuedTimeoutInMinutes: 5, timeoutInMinutes: 10 }, 5 + 10],
    ['whose limits are not known', {}, (8 + 36) * 60],
  ])(
    'A build %s that CodeBuild does not end within another half hour fails its run',
    async (_title, limits, minutes) => {
      const overdueSeconds = (minutes + 30) * 60;
      found({ id: 'p:1', buildComplete: false, ...limits });

      expect(await pollAt(overdueSeconds - 1)).toBe('building');
      expect(await pollAt(overdueSeconds)).toBe('failed');
      expect(sfn.commandCalls(SendTaskFailureCommand)[0]?.args[0].input).toMatchObject({
        error: 'BuildTimedOut',
      });
      expect(overdueSeconds / 3_600).toBeLessThan(45);

      found({ ...ended, ...limits });
      expect(await pollAt(overdueSeconds)).toBe('ended');
    },
  );
});
