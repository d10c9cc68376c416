import {
  BatchGetBuildsCommand,
  type Build,
  CodeBuildClient,
  InvalidInputException,
  StopBuildCommand,
} from '@aws-sdk/client-codebuild';
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { GetObjectCommand, HeadObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';

import { collectOutcome } from '../../../lambdas/collect-outcome/collect-outcome.js';
import {
  type CollectOutcomeInput,
  collectedOutcomeSchema,
  parseRunStateChange,
  RESULT_MAX_BYTES,
  type RunRecord,
  STATE_PAYLOAD_MAX_BYTES,
} from '../../../lib/contract/index.js';
import { aRunRecord, aRunRequest } from '../../contract/builders.js';
import { objectWith, s3Error } from '../s3-answers.js';

const codebuild = mockClient(CodeBuildClient);
const dynamodb = mockClient(DynamoDBClient);
const s3 = mockClient(S3Client);

const NOW = new Date('2026-03-01T10:10:00.000Z');
const ENDED = new Date('2026-03-01T10:05:00.000Z');
const EXECUTION_ARN = 'arn:aws:states:us-east-1:000000000000:execution:codeseeder-demo:run-1';
const RUNNER_FAILED =
  'Error while executing command: node --enable-source-maps "$CODEBUILD_SRC_DIR/.codeseeder/runner.mjs". Reason: exit status 137';

async function collect(overrides: Partial<CollectOutcomeInput> = {}) {
  const collected = await collectOutcome(
    {
      runId: 'run-1',
      executionArn: EXECUTION_ARN,
      executionStartedAt: '2026-03-01T10:00:00.000Z',
      request: aRunRequest({ labels: { team: 'a' } }),
      buildId: 'p:1',
      caught: null,
      ...overrides,
    },
    {
      codebuild: new CodeBuildClient({}),
      dynamodb: new DynamoDBClient({}),
      s3: new S3Client({}),
      now: () => NOW,
      seedkit: 'demo',
      bucket: 'bucket',
      runTable: 'runs',
      recordExpirationDays: 10,
    },
  );
  return collectedOutcomeSchema.parse(JSON.parse(JSON.stringify(collected)));
}

function recordIs(overrides: Partial<RunRecord> | undefined) {
  const record = aRunRecord({ status: 'BUILDING', kind: 'node', buildId: 'p:1', ...overrides });
  dynamodb
    .on(GetItemCommand)
    .resolves(overrides === undefined ? {} : { Item: marshall(record, { removeUndefinedValues: true }) });
}

function buildIs(overrides: Partial<Build>) {
  codebuild.on(BatchGetBuildsCommand).resolves({
    builds: [
      { id: 'p:1', buildComplete: true, endTime: ENDED, currentPhase: 'COMPLETED', phases: [], ...overrides },
    ],
  });
}

const failed = (phaseType: 'INSTALL' | 'BUILD' | 'POST_BUILD', message: string): Partial<Build> => ({
  buildStatus: 'FAILED',
  phases: [
    { phaseType: 'PROVISIONING', phaseStatus: 'SUCCEEDED' },
    { phaseType, phaseStatus: 'FAILED', contexts: [{ statusCode: 'COMMAND_EXECUTION_ERROR', message }] },
    { phaseType: 'UPLOAD_ARTIFACTS', phaseStatus: 'SUCCEEDED' },
    { phaseType: 'COMPLETED' },
  ],
});

function resultIs(result: unknown) {
  const text = typeof result === 'string' ? result : JSON.stringify(result);
  s3.on(HeadObjectCommand).resolves({ ContentLength: text.length });
  s3.on(GetObjectCommand).resolves(objectWith(text));
}

const failureOf = async (input: Partial<CollectOutcomeInput> = {}) => {
  const { status, event } = await collect(input);
  return { status, failure: parseRunStateChange(event).failure };
};

beforeEach(() => {
  codebuild.reset();
  dynamodb.reset();
  s3.reset();
  recordIs({});
  s3.on(HeadObjectCommand).rejects(s3Error('NotFound', 404));
  codebuild.on(StopBuildCommand).resolves({});
});

describe('a build that succeeded', () => {
  beforeEach(() => {
    buildIs({
      buildStatus: 'SUCCEEDED',
      logs: { groupName: 'group', streamName: 'stream' },
      exportedEnvironmentVariables: [{ name: 'VERSION', value: '1.2' }],
    });
  });

  it('makes a run that succeeded, with its output and exported variables', async () => {
    resultIs({ ok: true, value: { big: true } });
    const { status, error, cause, transition, event, output } = await collect();

    expect({ status, error, cause }).toEqual({ status: 'SUCCEEDED', error: '', cause: '' });
    expect(output).toEqual({
      runId: 'run-1',
      status: 'SUCCEEDED',
      outputKey: 'runs/run-1/output/',
      exportedVariables: { VERSION: '1.2' },
    });
    expect(parseRunStateChange(event)).toMatchObject({
      buildId: 'p:1',
      status: 'SUCCEEDED',
      phase: 'COMPLETED',
      logGroup: 'group',
      logStream: 'stream',
      finishedAt: ENDED.toISOString(),
      durationMs: 300_000,
    });
    expect(transition.ConditionExpression).toBe('#status IN (:active0, :active1)');
    expect(transition.ExpressionAttributeValues).toMatchObject({
      ':status': { S: 'SUCCEEDED' },
      ':durationMs': { N: '300000' },
      ':exportedVariables': { M: { VERSION: { S: '1.2' } } },
    });
  });

  it('makes a run of commands that succeeded without looking for a result', async () => {
    recordIs({ kind: 'commands' });

    expect(await collect()).toMatchObject({ status: 'SUCCEEDED' });
    expect(s3.calls()).toHaveLength(0);
  });

  it.each([
    ['no result', undefined, 'ResultMissing'],
    ['half a result', '{"ok":tr', 'ResultMissing'],
    ['a result that is an error', { ok: false, error: { name: 'E', message: 'm' } }, 'RemoteError'],
  ])('makes a run that failed when there is %s', async (_, result, code) => {
    if (result !== undefined) resultIs(result);

    expect(await failureOf()).toMatchObject({ status: 'FAILED', failure: { code } });
  });

  it('does not read a result that is too large', async () => {
    s3.on(HeadObjectCommand).resolves({ ContentLength: RESULT_MAX_BYTES + 1 });

    expect(await failureOf()).toMatchObject({ failure: { code: 'ResultTooLarge' } });
    expect(s3.commandCalls(GetObjectCommand)).toHaveLength(0);
  });
});

describe('a build that failed', () => {
  const thrown = { name: 'TypeError', message: 'no', stack: 'at f', cause: { name: 'E', message: 'why' } };

  it('brings back what the target threw', async () => {
    buildIs(failed('BUILD', RUNNER_FAILED));
    resultIs({ ok: false, error: thrown });
    const collected = await collect();

    expect(collected).toMatchObject({ status: 'FAILED', error: 'RemoteError', cause: 'TypeError: no' });
    expect(parseRunStateChange(collected.event)).toMatchObject({
      phase: 'BUILD',
      outputKey: 'runs/run-1/output/',
      failure: { code: 'RemoteError', phase: 'BUILD', remote: thrown },
    });
  });

  it("keeps the runner's own code", async () => {
    buildIs(failed('BUILD', RUNNER_FAILED));
    resultIs({ ok: false, error: { ...thrown, code: 'TargetNotFound' } });

    expect(await failureOf()).toMatchObject({ failure: { code: 'TargetNotFound' } });
  });

  it('takes no code for its own that the target made up', async () => {
    buildIs(failed('BUILD', RUNNER_FAILED));
    resultIs({ ok: false, error: { ...thrown, code: 'ENOENT' } });

    expect(await failureOf()).toMatchObject({ failure: { code: 'RemoteError' } });
  });

  it.each<[string, Partial<Build>, Partial<RunRecord>, object | undefined, string, RegExp]>([
    ['its runner was killed', failed('BUILD', RUNNER_FAILED), {}, undefined, 'ResultMissing', /status 137/],
    [
      'another command of the build phase failed',
      failed('BUILD', 'Error while executing command: make. Reason: exit status 2'),
      {},
      undefined,
      'BuildFailed',
      /make/,
    ],
    [
      'an install command failed',
      failed('INSTALL', 'npm'),
      {},
      undefined,
      'BuildFailed',
      /phase INSTALL.*npm/,
    ],
    [
      'a command after the target failed',
      failed('BUILD', 'Error while executing command: after'),
      {},
      { ok: true, value: 1 },
      'BuildFailed',
      /returned, but .* after/,
    ],
    [
      'a command of the run failed',
      failed('BUILD', 'Error while executing command: npm test'),
      { kind: 'commands' },
      undefined,
      'CommandFailed',
      /npm test/,
    ],
    [
      'post_build of a run of commands failed',
      failed('POST_BUILD', 'x'),
      { kind: 'commands' },
      undefined,
      'BuildFailed',
      /POST_BUILD/,
    ],
  ])('says so when %s', async (_, build, record, result, code, message) => {
    buildIs(build);
    recordIs(record);
    if (result !== undefined) resultIs(result);

    expect(await failureOf()).toMatchObject({
      status: 'FAILED',
      failure: { code, message: expect.stringMatching(message), phase: build.phases?.[1]?.phaseType },
    });
  });

  it('keeps texts within what a state holds, whatever was thrown', async () => {
    const deep = (depth: number): object => ({
      name: 'E',
      message: '\u4e16'.repeat(100_000),
      stack: '\u0001'.repeat(100_000),
      ...(depth > 0 && { cause: deep(depth - 1) }),
    });
    const exported = Array.from({ length: 50 }, (_, i) => ({ name: `V${i}`, value: '\u4e16'.repeat(5_000) }));
    buildIs({ ...failed('BUILD', RUNNER_FAILED), exportedEnvironmentVariables: exported });
    resultIs({ ok: false, error: deep(20) });
    const collected = await collect();

    expect(Buffer.byteLength(JSON.stringify(collected))).toBeLessThan(STATE_PAYLOAD_MAX_BYTES);
    expect(collected.cause).toContain('characters in all');
    expect(Object.keys(collected.output.exportedVariables)).toHaveLength(50);
  });
});

describe('a build that ended otherwise', () => {
  it.each<[string, Partial<Build>, string, string]>([
    ['ran too long', { buildStatus: 'TIMED_OUT', timeoutInMinutes: 5 }, 'TIMED_OUT', 'BuildTimedOut'],
    [
      'waited too long',
      { buildStatus: 'TIMED_OUT', phases: [{ phaseType: 'QUEUED', phaseStatus: 'TIMED_OUT' }] },
      'TIMED_OUT',
      'QueueTimedOut',
    ],
    ['was stopped', { buildStatus: 'STOPPED' }, 'CANCELED', 'BuildStopped'],
    ["met a fault of CodeBuild's", { buildStatus: 'FAULT' }, 'FAILED', 'BuildFault'],
  ])('because it %s makes a run of that end', async (_, build, status, code) => {
    buildIs(build);

    expect(await failureOf()).toMatchObject({ status, failure: { code } });
    expect((await collect()).output.outputKey).toBeNull();
  });

  it('is not taken for over while it is in progress', async () => {
    buildIs({ buildStatus: 'IN_PROGRESS', buildComplete: false });

    await expect(collect()).rejects.toThrow('p:1 is IN_PROGRESS');
  });
});

describe('a step that failed', () => {
  const caught = (error: string, cause = 'why', state = 'StartBuild') => ({
    caught: { state, error, cause },
  });

  beforeEach(() => buildIs({ buildComplete: true }));

  it.each([
    ['NotAllowed', 'FAILED'],
    ['QueueTimedOut', 'TIMED_OUT'],
    ['RunCanceled', 'CANCELED'],
  ])('with the failure code %s ends the run as %s', async (code, status) => {
    const cause = JSON.stringify({ errorType: code, errorMessage: 'the reason', trace: [] });

    expect(await failureOf(caught(code, cause))).toEqual({
      status,
      failure: { code, message: 'the reason' },
    });
  });

  it('with any other error is a fault of the control plane that names the state', async () => {
    expect(await failureOf(caught('States.Timeout', '', 'PollBuild'))).toEqual({
      status: 'FAILED',
      failure: { code: 'ControlPlaneError', message: 'The state PollBuild failed with States.Timeout: ' },
    });
  });

  it.each(['not json', '"text"', '[1]', 'null'])('is told by the cause as it is: %s', async (cause) => {
    expect((await failureOf(caught('NotAllowed', cause))).failure?.message).toBe(cause);
  });

  it.each([
    ['named by the machine', 'p:1', {}],
    ['known to the record alone', null, { buildId: 'p:1' }],
  ])('has its running build stopped, %s', async (_, buildId, record) => {
    recordIs(record);
    buildIs({ buildStatus: 'IN_PROGRESS', buildComplete: false });
    codebuild.on(StopBuildCommand).rejects(new InvalidInputException({ $metadata: {}, message: 'over' }));

    await collect({ buildId, ...caught('States.Timeout') });

    expect(codebuild.commandCalls(StopBuildCommand)[0]?.args[0].input).toEqual({ id: 'p:1' });
  });

  it('leaves a build alone that is over', async () => {
    await collect(caught('States.Timeout'));

    expect(codebuild.commandCalls(StopBuildCommand)).toHaveLength(0);
  });
});

describe('a run without a record', () => {
  const refused = { buildId: null, caught: { state: 'PrepareRun', error: 'InvalidRequest', cause: 'bad' } };

  beforeEach(() => recordIs(undefined));

  it('is given one from its request', async () => {
    const { transition, event } = await collect(refused);
    const values = unmarshall(transition.ExpressionAttributeValues as Parameters<typeof unmarshall>[0]);

    expect(transition.ConditionExpression).toMatch(/^attribute_not_exists\(#status\) OR /);
    expect(transition.UpdateExpression).toContain('#day = if_not_exists(#day, :day)');
    expect(values).toMatchObject({ ':status': 'FAILED', ':day': '2026-03-01', ':labels': { team: 'a' } });
    expect(values).not.toHaveProperty(':runId');
    expect(parseRunStateChange(event)).toMatchObject({
      runId: 'run-1',
      labels: { team: 'a' },
      durationMs: 600_000,
    });
  });

  it.each([null, 'text', [], { labels: 7, bundle: {}, trigger: 'X', retryOf: 'a b' }])(
    'is given one even from the request %j',
    async (request) => {
      expect(parseRunStateChange((await collect({ ...refused, request })).event)).toMatchObject({
        seedkit: 'demo',
        trigger: 'CLIENT',
        failure: { code: 'InvalidRequest', message: 'bad' },
      });
    },
  );
});

describe('a record that is over already', () => {
  it('is what the run ended with', async () => {
    const failure = { code: 'RunCanceled', message: 'by Ann' };
    recordIs({ status: 'CANCELED', failure });

    expect(
      await collect({ caught: { state: 'StartBuild', error: 'States.Timeout', cause: '' } }),
    ).toMatchObject({
      status: 'CANCELED',
      error: 'RunCanceled',
      cause: 'by Ann',
      event: { status: 'CANCELED', failure },
    });
  });
});
