import { createHash } from 'node:crypto';
import path from 'node:path';
import { HeadObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { StartExecutionCommand } from '@aws-sdk/client-sfn';
import { beforeEach, describe, expect, it } from '@jest/globals';

import { seedkit, type ProgressEvent } from '../../../client/index.js';
import {
  aRecord,
  AWS,
  bucket,
  MACHINE,
  putObject,
  resetAccount,
  s3,
  s3Error,
  mockExecution,
  mockRecords,
  states,
} from '../mocked-account.js';
import { anInput } from '../../contract/builders.js';

const ENDINGS = path.resolve(import.meta.dirname, '../../fixtures/endings/endings.ts');
const kit = seedkit('demo', { aws: AWS, labels: { team: 'net' }, packages: { 'aws-cdk': '^2' } });
const plainKit = seedkit('demo', { aws: AWS });

beforeEach(resetAccount);

const layerPuts = () =>
  s3.commandCalls(PutObjectCommand).filter(({ args: [{ input }] }) => input.Key?.endsWith('.zip'));
const inputOf = (run: { id: string }) =>
  JSON.parse(bucket.get(`runs/${run.id}/input/invocation.json`)?.toString() ?? 'null') as unknown;
const started = () =>
  states.commandCalls(StartExecutionCommand).map(({ args: [{ input }] }) => ({
    ...input,
    input: JSON.parse(input.input ?? '') as Record<string, unknown>,
  }));

describe('submitting a function', () => {
  it('Submitting a function stores bundle and input, starts the execution and reports each step', async () => {
    const events: ProgressEvent[] = [];
    const run = await kit.submitFunction(ENDINGS, 'add', [40, 2], {
      labels: { stage: 'dev' },
      build: { timeoutMinutes: 10 },
      onProgress: (event) => events.push(event),
    });

    expect(inputOf(run)).toEqual({
      kind: 'node',
      target: { module: 'test/fixtures/endings/endings.ts', exportName: 'add' },
      args: [40, 2],
    });
    const [start] = started();
    expect(start).toMatchObject({ stateMachineArn: MACHINE, name: run.id });
    expect(start?.input).toMatchObject({
      version: 1,
      runId: run.id,
      seedkit: 'demo',
      input: anInput(inputOf(run), run.id),
      build: { timeoutMinutes: 10, packages: { 'aws-cdk': '^2' } },
      labels: { team: 'net', stage: 'dev' },
      trigger: 'CLIENT',
    });
    expect(events.map(({ type }) => type)).toEqual([
      'packing',
      'packed',
      'uploading',
      'uploaded',
      'submitted',
    ]);
    expect(run.consoleUrl).toBe(
      `https://eu-west-1.console.aws.amazon.com/states/home?region=eu-west-1#/v2/executions/details/${run.executionArn}`,
    );
  });

  it('The bundle is sent with its checksum, on condition that it does not exist', async () => {
    await kit.submitFunction(ENDINGS, 'add', [1, 2]);

    const [{ input } = { input: {} as never }] = layerPuts().map(({ args: [command] }) => command);
    const content = bucket.get(input.Key ?? '') ?? Buffer.of();
    expect(input).toMatchObject({
      Key: expect.stringMatching(/^bundles\/[0-9a-f]{64}\.zip$/),
      IfNoneMatch: '*',
      ChecksumSHA256: createHash('sha256').update(content).digest('base64'),
      ContentLength: content.length,
    });
    expect(started()[0]?.input).toMatchObject({
      bundle: {
        layers: [
          {
            key: input.Key,
            digest: input.Key?.slice('bundles/'.length, -'.zip'.length),
            checksumSha256: input.ChecksumSHA256,
            sizeBytes: content.length,
          },
        ],
      },
    });
  });

  it('Code that is submitted twice is sent once, and the ids of runs are in the order of their time', async () => {
    const events: ProgressEvent[] = [];
    const onProgress = (event: ProgressEvent) => events.push(event);
    const first = await kit.submitFunction(ENDINGS, 'add', [1, 2], { onProgress });
    const second = await kit.submitFunction(ENDINGS, 'echo', ['other'], { onProgress });

    expect(layerPuts()).toHaveLength(1);
    expect(events.flatMap((event) => (event.type === 'uploaded' ? [event.alreadyPresent] : []))).toEqual([
      false,
      true,
    ]);
    expect(first.id < second.id).toBe(true);
  });

  it('A layer that another client stored first counts as already present', async () => {
    s3.on(PutObjectCommand).callsFakeOnce(async (input) => {
      await putObject({ ...input, Body: 'the same content, compressed by another program' });
      throw s3Error(412, 'PreconditionFailed');
    });
    const uploaded: boolean[] = [];

    await kit.submitFunction(ENDINGS, 'add', [1, 2], {
      onProgress: (event) => event.type === 'uploaded' && uploaded.push(event.alreadyPresent),
    });
    expect(uploaded).toEqual([true]);
    expect(started()[0]?.input).toMatchObject({ bundle: { layers: [{ sizeBytes: 47 }] } });
  });

  it.each([
    [409, 'ConditionalRequestConflict'],
    [503, 'SlowDown'],
  ])('The whole layer is sent again after %i %s', async (status, name) => {
    s3.on(PutObjectCommand)
      .callsFakeOnce(async (input) => {
        await putObject({ ...input, Key: 'thrown-away' });
        throw s3Error(status, name);
      })
      .callsFake(putObject);

    await kit.submitFunction(ENDINGS, 'add', [1, 2]);
    const [key = ''] = [...bucket.keys()].filter((one) => one.endsWith('.zip'));
    expect(layerPuts()).toHaveLength(2);
    expect(bucket.get(key)?.equals(bucket.get('thrown-away') ?? Buffer.of())).toBe(true);
  });

  it('A layer that S3 never accepts fails the submission after four attempts', async () => {
    s3.on(PutObjectCommand).callsFake(async (input) => {
      await putObject({ ...input, Key: 'thrown-away', IfNoneMatch: undefined });
      throw s3Error(409, 'ConditionalRequestConflict');
    });

    await expect(kit.submitFunction(ENDINGS, 'add', [1, 2])).rejects.toMatchObject({
      name: 'ConditionalRequestConflict',
    });
    expect(layerPuts()).toHaveLength(4);
    expect(states.calls()).toHaveLength(0);
  });

  it('A layer is not sent if the client has no right to look it up', async () => {
    s3.on(HeadObjectCommand).rejects(s3Error(403, 'Forbidden'));

    await expect(kit.submitFunction(ENDINGS, 'add', [1, 2])).rejects.toMatchObject({ name: 'Forbidden' });
    expect(s3.commandCalls(PutObjectCommand)).toHaveLength(0);
  });

  it('A layer is not sent again after access was denied', async () => {
    s3.on(PutObjectCommand).rejects(s3Error(403, 'AccessDenied'));

    await expect(kit.submitFunction(ENDINGS, 'add', [1, 2])).rejects.toMatchObject({ name: 'AccessDenied' });
    expect(layerPuts()).toHaveLength(1);
  });
});

describe('what is wrong with a submission', () => {
  it.each([
    [
      'an argument that is not JSON',
      'add',
      [1, { ids: [1n] }],
      'ArgumentsNotJson',
      'args\\[1\\]\\.ids\\[0\\] is a BigInt',
    ],
    ['an argument that is missing', 'add', [undefined, 1], 'ArgumentsNotJson', 'args\\[0\\] is undefined'],
    [
      'arguments too large',
      'echo',
      [Array(80).fill('x'.repeat(1_000_000))],
      'InvalidRequest',
      'The arguments are larger than 67108864 bytes as JSON',
    ],
    [
      'arguments of too many values',
      'echo',
      [Array(4_000_000).fill({})],
      'InvalidRequest',
      'The arguments are larger than 4000000 values as JSON',
    ],
    [
      'arguments large by their letters',
      'echo',
      ['€'.repeat(30_000_000)],
      'InvalidRequest',
      'The arguments have 900\\d{5} bytes as JSON; the limit is 64 MiB',
    ],
    ['a function that is not exported', 'missing', [], 'TargetNotFound', 'does not export missing'],
  ] as const)('A submission with %s is refused and sends nothing', async (_what, name, args, code, told) => {
    await expect(kit.submitFunction(ENDINGS, name, args)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(new RegExp(told)),
    });
    expect(s3.calls()).toHaveLength(0);
    expect(states.calls()).toHaveLength(0);
  });

  it('A submission with an option that is out of its limits is refused before anything is sent', async () => {
    await expect(kit.commands(['true'], { build: { timeoutMinutes: 1 } })).rejects.toMatchObject({
      code: 'InvalidRequest',
      message: expect.stringContaining('build.timeoutMinutes'),
    });
    expect(s3.calls()).toHaveLength(0);
  });

  it('A submission that was aborted beforehand sends nothing', async () => {
    const signal = AbortSignal.abort(new Error('changed my mind'));

    await expect(kit.submitFunction(ENDINGS, 'add', [1, 2], { signal })).rejects.toThrow('changed my mind');
    expect(s3.calls()).toHaveLength(0);
  });
});

describe('a run id that exists', () => {
  const alreadyExists = Object.assign(new Error('exists'), { name: 'ExecutionAlreadyExists' });

  it('A run id that exists with the same input attaches to that run', async () => {
    const first = await kit.submitFunction(ENDINGS, 'add', [1, 2], { runId: 'nightly' });
    states.on(StartExecutionCommand).rejects(alreadyExists);
    mockExecution({ status: 'SUCCEEDED', input: JSON.stringify(started()[0]?.input) });
    const again = await kit.submitFunction(ENDINGS, 'add', [1, 2], { runId: 'nightly' });

    expect(again.executionArn).toBe(first.executionArn);
  });

  it('A run id that exists with another input is a conflict', async () => {
    states.on(StartExecutionCommand).rejects(alreadyExists);
    mockExecution({ status: 'RUNNING', input: '{"version":1}' });

    await expect(kit.submitFunction(ENDINGS, 'add', [1, 2], { runId: 'nightly' })).rejects.toMatchObject({
      code: 'RunIdConflict',
      message: expect.stringContaining('nightly'),
    });
  });

  it('A run id that no execution can have is refused', async () => {
    await expect(kit.commands(['true'], { runId: 'a b' })).rejects.toMatchObject({ code: 'InvalidRequest' });
  });
});

describe('commands', () => {
  it('Commands run with their folders and end with an outcome', async () => {
    mockRecords(
      aRecord({ runId: 'c-1', status: 'SUCCEEDED', kind: 'commands', exportedVariables: { V: '1' } }),
    );
    const outcome = await kit.commands(['ls app'], { runId: 'c-1', dirs: { app: path.dirname(ENDINGS) } });

    expect(inputOf({ id: 'c-1' })).toEqual({ kind: 'commands', target: ['ls app'] });
    expect(outcome).toMatchObject({
      runId: 'c-1',
      status: 'SUCCEEDED',
      value: null,
      exportedVariables: { V: '1' },
    });
    expect(started()[0]?.input).toMatchObject({ bundle: { layers: [{}, {}] } });
  });

  it('Commands without folders and files have no bundle, and nothing but their input is sent', async () => {
    const events: ProgressEvent[] = [];
    const run = await plainKit.submitCommands(['true'], { onProgress: (event) => events.push(event) });

    expect(started()[0]?.input).not.toHaveProperty('bundle');
    expect([...bucket.keys()]).toEqual([`runs/${run.id}/input/invocation.json`]);
    expect(s3.commandCalls(HeadObjectCommand)).toEqual([]);
    expect(events.map(({ type }) => type)).toEqual(['packing', 'submitted']);
  });

  it.each([
    ['a file', { files: { 'a.ts': ENDINGS } }],
    [
      'a cache, whose program would be among the files of the commands',
      { cache: { key: 'k', paths: ['out'] } },
    ],
    ['packages that are kept', { packages: { 'aws-cdk': '^2' } }],
    ['a login', { build: { npmMirror: 'https://npm.example.com/' } }],
  ])('Commands with %s have a bundle', async (_what, options) => {
    await plainKit.submitCommands(['ls'], options);
    expect(started()[0]?.input).toHaveProperty('bundle');
  });
});
