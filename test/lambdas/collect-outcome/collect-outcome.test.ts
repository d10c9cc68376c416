import { Readable } from 'node:stream';
import { type Build, type BuildPhaseType } from '@aws-sdk/client-codebuild';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { beforeEach, describe, expect, it } from '@jest/globals';
import {
  BUILD_VARIABLES,
  contentDigest,
  outputPrefix,
  parseRunStateChange,
  RESULT_MAX_BYTES,
  type RunRecord,
  STATE_PAYLOAD_MAX_BYTES,
} from '../../../lib/contract/index.js';
import { objectWith } from '../s3-answers.js';
import {
  s3,
  BUILD_ARN,
  ENDED,
  RUNNER_FAILED,
  collect,
  recordIs,
  buildIs,
  failed,
  resultIs,
  failureOf,
  resetAccount,
} from './mocked-account.js';

beforeEach(resetAccount);

describe('a build that succeeded', () => {
  beforeEach(() => {
    buildIs({
      buildStatus: 'SUCCEEDED',
      logs: { groupName: 'group', streamName: 'stream' },
      exportedEnvironmentVariables: [{ name: 'VERSION', value: '1.2' }],
    });
  });

  it('A run whose build succeeded has succeeded, with its output and exported variables', async () => {
    resultIs({ ok: true, value: { big: true } });
    const { status, error, cause, transition, event, output } = await collect();

    expect({ status, error, cause }).toEqual({ status: 'SUCCEEDED', error: '', cause: '' });
    expect(output).toEqual({
      runId: 'run-1',
      status: 'SUCCEEDED',
      outputKey: outputPrefix(BUILD_ARN),
      result: contentDigest(Buffer.from('{"ok":true,"value":{"big":true}}')),
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

  it('An exported variable that was never set, which CodeBuild reports as empty, is left out', async () => {
    buildIs({
      buildStatus: 'SUCCEEDED',
      exportedEnvironmentVariables: [
        { name: 'VERSION', value: '1.2' },
        { name: 'NEVER', value: '' },
        { name: 'NOT' },
      ],
    });
    resultIs({ ok: true, value: 1 });

    expect((await collect()).output.exportedVariables).toEqual({ VERSION: '1.2' });
  });

  it.each([
    ['POST_BUILD succeeded', 'SUCCEEDED', { VERSION: '***' }],
    ['POST_BUILD failed', 'FAILED', {}],
    ['POST_BUILD was not reached', undefined, {}],
  ] as const)(
    'The outcome of a build with secrets has exported variables without the secrets if %s',
    async (_, phaseStatus, expected) => {
      buildIs({
        buildStatus: 'SUCCEEDED',
        environment: {
          type: 'LINUX_CONTAINER',
          image: 'image',
          computeType: 'BUILD_GENERAL1_SMALL',
          environmentVariables: [
            { name: 'STAGE', value: 'dev' },
            { name: 'TOKEN', value: 'token', type: 'SECRETS_MANAGER' },
          ],
        },
        phases: phaseStatus === undefined ? [] : [{ phaseType: 'POST_BUILD', phaseStatus }],
        exportedEnvironmentVariables: [
          { name: 'VERSION', value: '***' },
          { name: 'TOKEN', value: 'of-the-project' },
        ],
      });
      resultIs({ ok: true, value: 1 });

      expect((await collect()).output.exportedVariables).toEqual(expected);
    },
  );

  it('The failure of a build without a result names the variables with which programs may not start', async () => {
    buildIs({
      ...failed('BUILD', RUNNER_FAILED),
      environment: {
        type: 'LINUX_CONTAINER',
        image: 'image',
        computeType: 'BUILD_GENERAL1_SMALL',
        environmentVariables: [
          { name: 'STAGE', value: 'dev' },
          { name: 'NODE_OPTIONS', value: '--nope' },
        ],
      },
    });

    expect(await failureOf()).toMatchObject({
      failure: {
        code: 'ResultMissing',
        message: expect.stringContaining('The build sets NODE_OPTIONS, which can prevent'),
      },
    });
  });

  it('A run of commands succeeds without reading a result from S3', async () => {
    recordIs({ kind: 'commands' });

    expect(await collect()).toMatchObject({ status: 'SUCCEEDED' });
    expect(s3.calls()).toHaveLength(0);
  });

  it.each([
    ['no result', undefined, 'ResultMissing'],
    ['half a result', '{"ok":tr', 'ResultMissing'],
    ['a result that is an error', { ok: false, error: { name: 'E', message: 'm' } }, 'RemoteError'],
  ])('A run whose build succeeded fails when there is %s', async (_, result, code) => {
    if (result !== undefined) resultIs(result);

    expect(await failureOf()).toMatchObject({ status: 'FAILED', failure: { code } });
  });

  it('An object that is larger than any result is not read, and the run ends as ResultChanged', async () => {
    const Body = new Readable({ read: () => undefined });
    resultIs({ ok: true, value: 1 });
    s3.on(GetObjectCommand).resolves({ ContentLength: RESULT_MAX_BYTES + 1, Body: Body as never });

    expect(await failureOf()).toMatchObject({ failure: { code: 'ResultChanged' } });
    expect(Body.destroyed).toBe(true);
  });

  it('A result that the build wrote too large ends the run as ResultTooLarge without being read', async () => {
    const value = `${'0'.repeat(64)}:${RESULT_MAX_BYTES + 1}`;
    buildIs({
      buildStatus: 'SUCCEEDED',
      exportedEnvironmentVariables: [{ name: BUILD_VARIABLES.result, value }],
    });

    expect(await failureOf()).toMatchObject({ failure: { code: 'ResultTooLarge' } });
    expect(s3.calls()).toHaveLength(0);
  });

  it.each([
    ['another value', '{"ok":true,"value":2}'],
    ['more spaces', '{"ok":true,"value":1} '],
    ['nothing', ''],
  ])(
    'A result in the bucket that has %s than the build wrote ends the run as ResultChanged',
    async (_, text) => {
      resultIs({ ok: true, value: 1 });
      s3.on(GetObjectCommand).resolves(objectWith(text));

      expect(await failureOf()).toMatchObject({ status: 'FAILED', failure: { code: 'ResultChanged' } });
    },
  );

  it('A result in the bucket is not read when the build exported no digest of one', async () => {
    s3.on(GetObjectCommand).resolves(objectWith('{"ok":true,"value":1}'));

    expect(await failureOf()).toMatchObject({ status: 'FAILED', failure: { code: 'ResultMissing' } });
    expect(s3.calls()).toHaveLength(0);
  });
});

describe('a build that failed', () => {
  const thrown = { name: 'TypeError', message: 'no', stack: 'at f', cause: { name: 'E', message: 'why' } };

  it('The failure of a run has the error that its function threw', async () => {
    buildIs(failed('BUILD', RUNNER_FAILED));
    resultIs({ ok: false, error: thrown });
    const collected = await collect();

    expect(collected).toMatchObject({ status: 'FAILED', error: 'RemoteError', cause: 'TypeError: no' });
    expect(parseRunStateChange(collected.event)).toMatchObject({
      phase: 'BUILD',
      outputKey: outputPrefix(BUILD_ARN),
      failure: { code: 'RemoteError', phase: 'BUILD', remote: thrown },
    });
  });

  it('The failure of a run keeps the code that the runner gave to the error', async () => {
    buildIs(failed('BUILD', RUNNER_FAILED));
    resultIs({ ok: false, error: { ...thrown, code: 'TargetNotFound' } });

    expect(await failureOf()).toMatchObject({ failure: { code: 'TargetNotFound' } });
  });

  it('A code that the function gave to its error is not the code of the failure', async () => {
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
  ])('The failure of a run says that %s', async (_, build, record, result, code, message) => {
    buildIs(build);
    recordIs(record);
    if (result !== undefined) resultIs(result);

    expect(await failureOf()).toMatchObject({
      status: 'FAILED',
      failure: { code, message: expect.stringMatching(message), phase: build.phases?.[1]?.phaseType },
    });
  });

  it('A failure in a phase whose name is unknown is reported by that name', async () => {
    const phase = 'DOWNLOAD_CACHE' as BuildPhaseType;
    buildIs({ buildStatus: 'FAILED', phases: [{ phaseType: phase, phaseStatus: 'FAILED' }] });

    expect(await failureOf()).toMatchObject({
      failure: { message: 'The build failed in the phase DOWNLOAD_CACHE.' },
    });
  });

  it('An outcome fits the payload of a state, whatever was thrown', async () => {
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
