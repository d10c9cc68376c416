import { setTimeout as sleep } from 'node:timers/promises';
import { BatchGetBuildsCommand, CodeBuildClient, StartBuildCommand } from '@aws-sdk/client-codebuild';
import { DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { beforeAll, describe, expect, it } from '@jest/globals';

import { BUILD_VARIABLES, executionArnOf, type RunRecord, seedkitNames } from '../../lib/contract/index.js';
import { aRunRecord } from '../contract/builders.js';
import { sharedSeedkit, type SharedSeedkit } from './local-seedkit.js';

const BUILDSPEC = 'version: 0.2\nphases: { build: { commands: [sleep 600] } }\n';

let place: SharedSeedkit;
beforeAll(async () => {
  place = await sharedSeedkit();
});

async function startBuildOf(runId: string): Promise<string> {
  const { build } = await new CodeBuildClient({}).send(
    new StartBuildCommand({
      projectName: place.outputs['CodeBuildProject'] ?? '',
      sourceTypeOverride: 'NO_SOURCE',
      artifactsOverride: { type: 'NO_ARTIFACTS' },
      buildspecOverride: BUILDSPEC,
      environmentVariablesOverride: [{ name: BUILD_VARIABLES.runId, value: runId }],
    }),
  );
  return build?.id ?? '';
}

async function statusOf(buildId: string): Promise<string | undefined> {
  const { builds } = await new CodeBuildClient({}).send(new BatchGetBuildsCommand({ ids: [buildId] }));
  return builds?.[0]?.buildStatus;
}

async function putRecord(overrides: Partial<RunRecord> & { runId: string }): Promise<void> {
  const executionArn = executionArnOf(place.outputs['StateMachineArn'] ?? '', overrides.runId);
  const queuedAt = new Date().toISOString();
  const record = aRunRecord({ executionArn, queuedAt, day: queuedAt.slice(0, 10), ...overrides });
  await new DynamoDBClient({}).send(
    new PutItemCommand({
      TableName: place.outputs['RunTable'] ?? '',
      Item: marshall(record, { removeUndefinedValues: true }),
    }),
  );
}

async function recordOf(runId: string): Promise<Partial<RunRecord>> {
  const { Item = {} } = await new DynamoDBClient({}).send(
    new GetItemCommand({ TableName: place.outputs['RunTable'] ?? '', Key: marshall({ runId }) }),
  );
  return unmarshall(Item);
}

/** Invokes `reconcile-run` with the event of its schedule. */
async function sweep(): Promise<void> {
  const { FunctionError } = await new LambdaClient({}).send(
    new InvokeCommand({
      FunctionName: seedkitNames.handler(place.name, 'reconcile-run'),
      Payload: JSON.stringify({ source: 'aws.events', 'detail-type': 'Scheduled Event', detail: {} }),
    }),
  );
  expect(FunctionError).toBeUndefined();
}

describe('The sweep', () => {
  it.each([
    ['was asked for and never recorded', 'lost', () => ({ buildRequestedAt: new Date().toISOString() })],
    ['goes on after its run has failed', 'ahead', (buildId: string) => ({ buildId })],
  ])('The sweep stops a build that %s', async (_, runId, fields) => {
    const buildId = await startBuildOf(runId);
    const over = new Date().toISOString();
    await putRecord({ runId, status: 'FAILED', finishedAt: over, announcedAt: over, ...fields(buildId) });

    await sweep();
    // A sweep of the seedkit's schedule or of another test file may be stopping the build, and then records it.
    while ((await statusOf(buildId)) === 'IN_PROGRESS' || (await recordOf(runId)).buildId === undefined)
      await sleep(100);
    expect(await statusOf(buildId)).toBe('STOPPED');
    expect(await recordOf(runId)).toMatchObject({ status: 'FAILED', buildId });
  });
});
