import { CloudWatchLogsClient, GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import {
  GetObjectCommand,
  ListObjectsV2Command,
  NoSuchKey,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { DescribeExecutionCommand, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { marshall } from '@aws-sdk/util-dynamodb';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';

import { startRun } from '../../../lambdas/start-run/start-run.js';
import { answerStarter } from '../../../lambdas/start-target/answer-starter.js';
import {
  contentDigest,
  definitionKey,
  newTarget,
  parseRunRequest,
  targetKey,
  withVersion,
} from '../../../lib/contract/index.js';
import { aRunRequest } from '../../contract/builders.js';
import { aRecord } from '../../client/mocked-account.js';
import { objectWith, s3Error } from '../s3-answers.js';

const s3 = mockClient(S3Client);
const sfn = mockClient(SFNClient);
const dynamodb = mockClient(DynamoDBClient);
const logs = mockClient(CloudWatchLogsClient);
const events = mockClient(EventBridgeClient);

const clients = {
  s3: new S3Client({}),
  sfn: new SFNClient({}),
  dynamodb: new DynamoDBClient({}),
  logs: new CloudWatchLogsClient({}),
  events: new EventBridgeClient({}),
  seedkit: 'demo',
  bucket: 'bucket',
  runTable: 'runs',
  eventBus: 'bus',
  stateMachineArn: 'arn:aws:states:us-east-1:000000000000:stateMachine:codeseeder-demo',
  invocationId: 'invocation-1',
};
const definition = {
  version: 1,
  name: 'deploys',
  publication: 'pub-1',
  invocation: { kind: 'node', target: { module: 'deploy', exportName: 'network' } },
  bundle: aRunRequest().bundle,
  build: { timeoutMinutes: 10 },
  labels: { team: 'a' },
};
const DEFINITION = JSON.stringify(definition);

function storeTarget(stored = DEFINITION, listed = DEFINITION): void {
  const state = withVersion(newTarget('deploys'), {
    publication: 'pub-1',
    definition: contentDigest(Buffer.from(listed)),
    kind: 'node',
    runs: 'deploy#network',
    publishedAt: '2026-01-01T00:00:00.000Z',
  });
  s3.on(GetObjectCommand, { Key: targetKey('deploys') }).resolves(objectWith(JSON.stringify(state)));
  s3.on(GetObjectCommand, { Key: definitionKey('deploys', 'pub-1') }).resolves(objectWith(stored));
}

const started = () =>
  sfn
    .commandCalls(StartExecutionCommand)
    .map((call) => parseRunRequest(JSON.parse(call.args[0].input.input ?? '')));

beforeEach(() => {
  for (const mock of [s3, sfn, dynamodb, logs, events]) mock.reset();
  s3.on(GetObjectCommand).rejects(new NoSuchKey({ $metadata: {}, message: 'none' }));
  s3.on(PutObjectCommand).resolves({});
  s3.on(ListObjectsV2Command).resolves({ Contents: [{ Key: targetKey('deploys') }] });
  sfn.on(StartExecutionCommand).resolves({});
  events.on(PutEventsCommand).resolves({ FailedEntryCount: 0 });
});

describe('start-target', () => {
  it('A start runs the published code and options with the arguments of the caller, and its record is provable', async () => {
    storeTarget();
    const answer = await answerStarter(
      { target: 'deploys', args: ['eu'], labels: { by: 'hand' }, runId: 'r-1' },
      clients,
    );

    expect(answer).toMatchObject({ runId: 'r-1' });
    expect(started()).toMatchObject([
      {
        runId: 'r-1',
        trigger: 'TARGET',
        bundle: definition.bundle,
        build: { timeoutMinutes: 10 },
        labels: { team: 'a', by: 'hand' },
        published: { name: 'deploys', version: 1, publication: 'pub-1' },
      },
    ]);
    const puts = s3.commandCalls(PutObjectCommand).map((call) => call.args[0].input);
    expect(puts.map(({ Key }) => Key)).toEqual(['runs/r-1/input/invocation.json', 'runs/r-1/trigger.json']);
    expect(JSON.parse(Buffer.from(puts[0]?.Body as Uint8Array).toString())).toEqual({
      ...definition.invocation,
      args: ['eu'],
    });
  });

  it('A definition with another content than was published starts nothing', async () => {
    storeTarget(DEFINITION.replace('network', 'another'));
    const answer = await answerStarter({ target: 'deploys' }, clients);
    expect(answer).toMatchObject({ refused: { code: 'InputChanged' } });
    expect(started()).toEqual([]);
    expect(s3.commandCalls(PutObjectCommand)).toEqual([]);
  });

  it('A name that no target has is refused with the nearest names before anything is stored', async () => {
    storeTarget();
    const answer = await answerStarter({ target: 'deplosy' }, clients);
    expect(answer).toMatchObject({ refused: { code: 'PublishedTargetNotFound' } });
    expect(JSON.stringify(answer)).toContain('The nearest of its 1 targets: deploys.');
    expect(s3.commandCalls(PutObjectCommand)).toEqual([]);
  });

  it('A run of a target is shown with a page of its log, and a run that brought its code is not', async () => {
    const published = { name: 'deploys', version: 1 };
    const record = aRecord({ runId: 'r-1', published, logGroup: 'group', logStream: 'stream' });
    dynamodb.on(GetItemCommand, { Key: marshall({ runId: 'r-1' }) }).resolves({
      Item: marshall(record, { removeUndefinedValues: true }),
    });
    dynamodb.on(GetItemCommand, { Key: marshall({ runId: 'r-2' }) }).resolves({
      Item: marshall(aRecord({ runId: 'r-2' }), { removeUndefinedValues: true }),
    });
    logs
      .on(GetLogEventsCommand)
      .resolves({ events: [{ timestamp: 1, message: 'hello\n' }], nextForwardToken: 't' });

    const page = await answerStarter({ read: { runId: 'r-1', log: true } }, clients);
    expect(page).toMatchObject({
      record: { runId: 'r-1', published },
      lines: [{ timestampMs: 1, message: 'hello' }],
      logToken: 't',
    });
    const other = await answerStarter({ read: { runId: 'r-2', log: true, result: true } }, clients);
    expect(other).toMatchObject({ refused: { code: 'RunNotFound' } });
    expect(logs.commandCalls(GetLogEventsCommand)).toHaveLength(1);
  });
});

describe('a run of a target that runs again', () => {
  const input = Buffer.from(JSON.stringify({ ...definition.invocation, args: ['eu', { at: 1 }] }));
  const request = aRunRequest({
    runId: 'r-1',
    trigger: 'TARGET',
    published: { name: 'deploys', version: 1, publication: 'pub-1' },
    input: { key: 'runs/r-1/input/invocation.json', ...contentDigest(input) },
    labels: { team: 'a', by: 'hand' },
    name: 'of today',
    // Not what was published: a request may claim anything until it is prepared.
    build: { timeoutMinutes: 480 },
  });

  function runIs(record: Parameters<typeof aRecord>[0] = {}): void {
    const found = aRecord({
      runId: 'r-1',
      status: 'FAILED',
      published: { name: 'deploys', version: 1 },
      ...record,
    });
    dynamodb
      .on(GetItemCommand, { Key: marshall({ runId: 'r-1' }) })
      .resolves({ Item: marshall(found, { removeUndefinedValues: true }) });
    s3.on(GetObjectCommand, { Key: 'runs/r-1/input/invocation.json' }).callsFake(async () =>
      objectWith(input.toString()),
    );
    sfn.on(DescribeExecutionCommand).resolves({ status: 'FAILED', input: JSON.stringify(request) });
  }

  it('A run of a target runs the same version again with its arguments, and everything else as it was published', async () => {
    storeTarget();
    runIs();
    const answer = await answerStarter({ again: { runId: 'r-1', newRunId: 'r-2' } }, clients);

    expect(answer).toMatchObject({ runId: 'r-2' });
    expect(started()).toMatchObject([
      {
        runId: 'r-2',
        retryOf: 'r-1',
        trigger: 'TARGET',
        name: 'of today',
        labels: { team: 'a', by: 'hand' },
        build: { timeoutMinutes: 10 },
        published: { name: 'deploys', version: 1, publication: 'pub-1' },
      },
    ]);
    const [invocation] = s3.commandCalls(PutObjectCommand).map((call) => call.args[0].input);
    expect(JSON.parse(Buffer.from(invocation?.Body as Uint8Array).toString())).toEqual({
      ...definition.invocation,
      args: ['eu', { at: 1 }],
    });
  });

  it('A run of a target runs again with other arguments, which are checked as those of a start', async () => {
    storeTarget();
    runIs();
    const again = { runId: 'r-1', newRunId: 'r-2', args: ['us'] };
    expect(await answerStarter({ again }, clients)).toMatchObject({ runId: 'r-2' });
    const [invocation] = s3.commandCalls(PutObjectCommand).map((call) => call.args[0].input);
    expect(JSON.parse(Buffer.from(invocation?.Body as Uint8Array).toString())).toEqual({
      ...definition.invocation,
      args: ['us'],
    });

    const refused = await answerStarter({ again: { ...again, kwargs: { stage: 'dev' } } }, clients);
    expect(refused).toMatchObject({ refused: { code: 'InvalidRequest' } });
    expect(started()).toHaveLength(1);
  });

  it.each([
    ['brought its own code', { published: undefined }, 'RunNotFound'],
    ['has not ended', { status: 'BUILDING' as const }, 'RunNotOver'],
    [
      'had a version that was removed',
      { published: { name: 'deploys', version: 7 } },
      'PublishedTargetNotFound',
    ],
  ])('A run that %s does not run again through start-target', async (_what, record, code) => {
    storeTarget();
    runIs(record);
    expect(await answerStarter({ again: { runId: 'r-1' } }, clients)).toMatchObject({ refused: { code } });
    expect(started()).toEqual([]);
  });
});

describe('a published version with a cache', () => {
  it('Each start has the cache and the lock that were published', async () => {
    const cache = { key: 'tools-1', paths: ['tools'] };
    const text = JSON.stringify({ ...definition, cache, installsDigest: 'b'.repeat(20), lock: 'stage' });
    storeTarget(text, text);
    await answerStarter({ target: 'deploys' }, clients);
    expect(started()).toMatchObject([{ cache, installsDigest: 'b'.repeat(20), lock: 'stage' }]);
  });
});

describe('start-run', () => {
  const put = (key: string, content: object) => {
    s3.on(GetObjectCommand, { Key: key }).resolves(objectWith(JSON.stringify(content)));
    const detail = { bucket: { name: 'bucket' }, object: { key } };
    return startRun({ id: 'event-1', 'detail-type': 'Object Created', detail }, clients);
  };

  it('An object in the folder of a target starts that target, named or not', async () => {
    storeTarget();
    await put('inbox/targets/deploys/a.request.json', { args: [1] });
    await put('inbox/targets/deploys/b.request.json', { target: 'deploys@1', runId: 'named' });
    expect(started()).toMatchObject([
      { runId: 'event-1', trigger: 'INBOX', published: { name: 'deploys' } },
      { runId: 'named', trigger: 'INBOX', published: { name: 'deploys' } },
    ]);
  });

  it.each([
    ['another target', { target: 'other' }],
    ['code of its own', { version: 1, invocation: { kind: 'commands', target: ['id'] } }],
    ['another bundle', { target: 'deploys', bundle: definition.bundle }],
  ])('An object in the folder of a target is refused with %s', async (_what, content) => {
    storeTarget();
    const answer = await put('inbox/targets/deploys/a.request.json', content);
    expect(answer).toMatchObject({ refused: { code: 'InvalidRequest' } });
    expect(started()).toEqual([]);
  });
});

describe('start-target, called by a schedule', () => {
  const message = {
    schedule: 'nightly',
    nonce: '0f0e0d0c-0b0a-4908-8706-050403020100',
    time: '2026-12-01T02:00:00Z',
    start: { target: 'deploys', args: ['eu'] },
  };
  const announced = () =>
    events
      .commandCalls(PutEventsCommand)
      .flatMap((call) => call.args[0].input.Entries ?? [])
      .map(({ DetailType, Detail = '' }) => ({ DetailType, ...(JSON.parse(Detail) as object) }));

  it('A schedule starts its target with the trigger SCHEDULE, and each attempt under the same id', async () => {
    storeTarget();
    const first = await answerStarter(message, clients);
    await answerStarter(message, { ...clients, invocationId: 'invocation-2' });
    expect(started()).toMatchObject([
      { trigger: 'SCHEDULE', published: { name: 'deploys', version: 1 } },
      { trigger: 'SCHEDULE' },
    ]);
    const ids = started().map(({ runId }) => runId);
    expect(ids[0]).toMatch(/^nightly-20261201T020000Z-[0-9a-f]{8}$/);
    expect(ids[1]).toBe(ids[0]);
    expect(first).toMatchObject({ runId: ids[0] });
    expect(announced()).toEqual([]);
  });

  it('An attempt after the run has started with another version changes nothing and refuses nothing', async () => {
    storeTarget();
    s3.on(PutObjectCommand).rejects(s3Error('PreconditionFailed', 412));
    sfn.on(DescribeExecutionCommand).resolves({ status: 'RUNNING' });
    const answer = await answerStarter(message, clients);
    expect(answer).toMatchObject({ executionArn: expect.stringContaining(':nightly-20261201T020000Z-') });
    expect(started()).toEqual([]);
    expect(announced()).toEqual([]);
  });

  it('An id that another request took before the run started is refused and announced', async () => {
    storeTarget();
    s3.on(PutObjectCommand).rejects(s3Error('PreconditionFailed', 412));
    sfn
      .on(DescribeExecutionCommand)
      .rejects(Object.assign(new Error('none'), { name: 'ExecutionDoesNotExist' }));
    await expect(answerStarter(message, clients)).resolves.toMatchObject({
      refused: { code: 'RunIdConflict' },
    });
    expect(announced()).toMatchObject([{ code: 'RunIdConflict' }]);
  });

  it('A schedule whose target is gone announces the refusal, because nobody reads the answer', async () => {
    const answer = await answerStarter(message, clients);
    expect(answer).toMatchObject({ refused: { code: 'PublishedTargetNotFound' } });
    expect(announced()).toMatchObject([
      {
        DetailType: 'Run Refused',
        code: 'PublishedTargetNotFound',
        requestId: expect.stringMatching(/^nightly-20261201T020000Z-/),
      },
    ]);
  });

  it('A caller’s own refused start announces nothing', async () => {
    await answerStarter({ target: 'deplosy' }, clients);
    expect(announced()).toEqual([]);
  });

  it('A message that starts nothing valid is refused under the id of the invocation', async () => {
    await answerStarter({ schedule: 'nightly' }, clients);
    expect(announced()).toMatchObject([{ code: 'InvalidRequest', requestId: 'invocation-1' }]);
  });
});
