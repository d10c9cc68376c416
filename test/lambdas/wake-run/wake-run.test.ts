import { CodeBuildClient } from '@aws-sdk/client-codebuild';
import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  GetItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { SendTaskSuccessCommand, SFNClient } from '@aws-sdk/client-sfn';
import { marshall } from '@aws-sdk/util-dynamodb';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';

import { wakeRun } from '../../../lambdas/wake-run/wake-run.js';

const dynamodb = mockClient(DynamoDBClient);
const sfn = mockClient(SFNClient);

const record = {
  runId: 'run-1',
  status: 'BUILDING',
  seedkit: 'demo',
  executionArn: 'arn:aws:states:eu-central-1:123456789012:execution:codeseeder-demo:run-1',
  buildId: 'codeseeder-demo:1',
  queuedAt: '2026-03-01T10:00:00.000Z',
  day: '2026-03-01',
  trigger: 'CLIENT',
  expiresAt: 1,
  taskToken: 'token',
};
const BUILD_ARN = 'arn:aws:codebuild:eu-central-1:123456789012:build/codeseeder-demo:1';

function wake(event: object, runIds = new Map<string, string>()) {
  return wakeRun(event, {
    runIds,
    dynamodb: new DynamoDBClient({}),
    sfn: new SFNClient({}),
    codebuild: new CodeBuildClient({}),
    runTable: 'runs',
    lockTable: 'locks',
    now: () => new Date(),
  });
}

const stateChange = (status: string, id = BUILD_ARN) => ({
  'detail-type': 'CodeBuild Build State Change',
  detail: {
    'build-id': id,
    'build-status': status,
    'additional-information': { environment: { 'environment-variables': [] } },
  },
});

const phaseChange = (phase: string, status = 'SUCCEEDED') => ({
  'detail-type': 'CodeBuild Build Phase Change',
  detail: { 'build-id': BUILD_ARN, 'completed-phase': phase, 'completed-phase-status': status },
});

function recorded(item: Record<string, unknown> | undefined): void {
  dynamodb.on(QueryCommand).resolves({ Items: item && [marshall({ runId: item['runId'] })] });
  dynamodb.on(GetItemCommand).resolves({ Item: item && marshall(item) });
}

beforeEach(() => {
  dynamodb.reset();
  sfn.reset();
  dynamodb.on(UpdateItemCommand).resolves({});
  recorded(record);
});

describe('wake-run', () => {
  it.each(['SUCCEEDED', 'FAILED', 'STOPPED', 'TIMED_OUT', 'FAULT', 'A_NEW_ONE'])(
    'The event that a build is %s returns the token of its run, whose record is found by the build',
    async (status) => {
      expect(await wake(stateChange(status))).toEqual({ runId: 'run-1', did: 'end the wait' });
      expect(sfn.commandCalls(SendTaskSuccessCommand)[0]?.args[0].input).toEqual({
        taskToken: 'token',
        output: '{}',
      });
      expect(dynamodb.commandCalls(QueryCommand)[0]?.args[0].input).toMatchObject({
        IndexName: 'byBuild',
        ExpressionAttributeValues: { ':buildId': { S: 'codeseeder-demo:1' } },
      });
    },
  );

  it.each([
    ['of a build in progress', stateChange('IN_PROGRESS'), record],
    ['of a run that does not wait yet', stateChange('SUCCEEDED'), { ...record, taskToken: undefined }],
  ])('An event %s does nothing', async (_title, event, { taskToken, ...item }) => {
    recorded(taskToken === undefined ? item : { ...item, taskToken });
    expect(await wake(event)).toEqual({ runId: 'run-1', did: 'nothing' });
    expect(sfn.calls()).toEqual([]);
  });

  it.each([
    ['no run', undefined],
    ['another build than the record names by now', { ...record, buildId: 'codeseeder-demo:2' }],
  ])('The end of a build of %s does nothing', async (_title, item) => {
    recorded(item);
    expect(await wake(stateChange('SUCCEEDED'))).toMatchObject({ did: 'nothing' });
    expect(sfn.calls()).toEqual([]);
  });

  it.each(['TaskTimedOut', 'TaskDoesNotExist', 'InvalidToken'])(
    '`wake-run` ignores a late or duplicated event (%s)',
    async (name) => {
      sfn.on(SendTaskSuccessCommand).rejects(Object.assign(new Error(name), { name }));
      expect(await wake(stateChange('SUCCEEDED'))).toMatchObject({ did: 'end the wait' });
    },
  );

  it('A request that AWS refuses fails wake-run, so that Lambda repeats the event', async () => {
    sfn.on(SendTaskSuccessCommand).rejects(Object.assign(new Error(), { name: 'ThrottlingException' }));
    await expect(wake(stateChange('SUCCEEDED'))).rejects.toMatchObject({ name: 'ThrottlingException' });
  });

  it('The end of a phase records the next one, unless the record has that or a later one', async () => {
    expect(await wake(phaseChange('INSTALL'))).toEqual({ runId: 'run-1', did: 'record the phase' });
    const update = dynamodb.commandCalls(UpdateItemCommand)[0]?.args[0].input;
    expect(update?.UpdateExpression).toBe('SET #phase = :phase');
    expect(update?.ConditionExpression).toBe(
      '(#status IN (:active0, :active1)) AND #buildId = :buildId AND (attribute_not_exists(#phase) OR NOT #phase IN (:notBefore0, :notBefore1, :notBefore2, :notBefore3, :notBefore4, :notBefore5))',
    );
    expect(update?.ExpressionAttributeValues).toMatchObject({
      ':phase': { S: 'PRE_BUILD' },
      ':buildId': { S: 'codeseeder-demo:1' },
      ':notBefore0': { S: 'PRE_BUILD' },
      ':notBefore5': { S: 'COMPLETED' },
    });
    expect(dynamodb.commandCalls(GetItemCommand)).toEqual([]);
    expect(sfn.calls()).toEqual([]);

    dynamodb
      .on(UpdateItemCommand)
      .rejects(new ConditionalCheckFailedException({ message: '', $metadata: {} }));
    await expect(wake(phaseChange('SUBMITTED'))).resolves.toMatchObject({ did: 'record the phase' });
  });

  it.each([
    ['that failed', phaseChange('INSTALL', 'FAILED')],
    ['that is the last', phaseChange('COMPLETED')],
    ['of a name that nobody here knows', phaseChange('DOWNLOAD_CACHE')],
  ])('The end of a phase %s records nothing', async (_title, event) => {
    expect(await wake(event)).toEqual({ runId: 'run-1', did: 'nothing' });
    expect(dynamodb.commandCalls(UpdateItemCommand)).toEqual([]);
  });

  it('The events of a build read the index once, and again until its record is found', async () => {
    const runIds = new Map<string, string>();
    recorded(undefined);
    expect(await wake(phaseChange('QUEUED'), runIds)).toEqual({ runId: undefined, did: 'nothing' });
    recorded(record);
    for (const phase of ['PROVISIONING', 'INSTALL']) {
      expect(await wake(phaseChange(phase), runIds)).toEqual({ runId: 'run-1', did: 'record the phase' });
    }
    expect(await wake(stateChange('SUCCEEDED'), runIds)).toEqual({ runId: 'run-1', did: 'end the wait' });
    expect(dynamodb.commandCalls(QueryCommand)).toHaveLength(2);
  });

  it('The runs of the last 1,000 builds are remembered', async () => {
    const runIds = new Map(Array.from({ length: 1_000 }, (_, number) => [`other:${number}`, 'another-run']));
    await wake(phaseChange('INSTALL'), runIds);
    expect(runIds.size).toBe(1_000);
    expect([...runIds.keys()].at(0)).toBe('other:1');
    expect(runIds.get('codeseeder-demo:1')).toBe('run-1');
  });

  it('An event whose build id is no ARN is refused', async () => {
    await expect(wake(stateChange('SUCCEEDED', 'codeseeder-demo:1'))).rejects.toThrow('build-id');
  });
});
