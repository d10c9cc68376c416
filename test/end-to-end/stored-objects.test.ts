import { createHash } from 'node:crypto';
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { BatchGetBuildsCommand, CodeBuildClient } from '@aws-sdk/client-codebuild';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';

import { seedkit, type ProgressEvent, type Run, type RunOutcome, type Seedkit } from '../../client/index.js';
import {
  contentDigest,
  inputFileKey,
  invocationKey,
  layerKey,
  outputPrefix,
  PLACE_LAYERS_FILE,
  resultKey,
  seedkitNames,
} from '../../lib/contract/index.js';
import { type Intercept, type LocalAws, startLocalAws } from '../../lib/local/index.js';
import { synthesizedSeedkit } from '../local/place/seedkit-assembly.js';

/**
 * Another principal that may write to the bucket. It acts once, right before a handler of the control plane is
 * called.
 */
let attack: { readonly before: string; readonly act: () => Promise<unknown> } | undefined;

const intercept: Intercept = async (call, proceed) => {
  const current = attack;
  if (current !== undefined && call.functionName?.includes(current.before) === true) {
    attack = undefined;
    await current.act();
  }
  return proceed();
};

let place: LocalAws;
let kit: Seedkit;
let bucket: string;
let s3: S3Client;
let folder: string;

beforeAll(async () => {
  const assembly = await synthesizedSeedkit();
  // With plain unpacking, CodeBuild restores neither links nor modes, so the build must do it.
  place = await startLocalAws({ intercept, unpacking: 'plain' });
  const [stack] = await place.deploy(assembly.folder);
  bucket = stack?.outputs['Bucket'] ?? '';
  const { endpoint, region, credentials } = place;
  kit = seedkit('demo', { aws: { endpoint, region, credentials } });
  s3 = new S3Client({ endpoint, region, credentials, forcePathStyle: true });
  folder = await mkdtemp(path.join(tmpdir(), 'codeseeder-layers-'));
});
afterEach(() => {
  attack = undefined;
});
afterAll(async () => {
  s3.destroy();
  await place.close();
  await rm(folder, { recursive: true, force: true });
});

/** Replaces an object although the bucket policy forbids overwriting: deletes it first. */
async function put(Key: string, Body: string | Buffer): Promise<void> {
  const ChecksumSHA256 = createHash('sha256').update(Body).digest('base64');
  await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key }));
  await s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body, ChecksumSHA256, IfNoneMatch: '*' }));
}

/** Lets another principal change a run's files once, right before a handler is called for this run. */
function attacks(before: string, act: () => Promise<unknown>): void {
  attack = { before: `-${before}`, act };
}

const VALUES = 'test/fixtures/functions/values.ts';
const ADD_PROD = { kind: 'node', target: { module: VALUES, exportName: 'add' }, args: [400, 4] };
const OWN = 3;

/** Calls `add(1, 2)` in a run. @returns its value, or the failure code */
async function addInRun(runId: string): Promise<unknown> {
  const run = await kit.submitFunction(VALUES, 'add', [1, 2], { runId });
  return valueOrCode(run);
}

async function valueOrCode(run: Run<unknown>): Promise<unknown> {
  return run.outcome().then(
    ({ value }: RunOutcome<unknown>) => value,
    (error: { code?: string }) => error.code,
  );
}

async function logOf(run: Run<unknown>): Promise<string> {
  const lines: string[] = [];
  for await (const { message } of run.logs()) lines.push(message);
  return lines.join('\n');
}

describe('A principal that may delete from the bucket and write to it', () => {
  it('The bucket refuses to replace the input of a run that was not deleted', async () => {
    const run = await kit.submitCommands(['true']);
    const Key = invocationKey(run.id);

    await expect(s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body: 'x' }))).rejects.toMatchObject({
      name: 'AccessDenied',
    });
    await expect(valueOrCode(run)).resolves.toBeNull();
  });

  it('A run without an attack gives its own value, and its record has the digest of its result', async () => {
    const run = await kit.submitFunction(VALUES, 'add', [1, 2]);
    const { record } = await run.outcome();

    expect(record).toMatchObject({
      outputKey: expect.stringMatching(/^outputs\/arn:aws:codebuild:[^/]+:build\/codeseeder-demo:[^/]+\/$/),
      result: contentDigest(Buffer.from('{"ok":true,"value":3}')),
    });
    expect(record.exportedVariables).toBeUndefined();
  });

  it.each([
    ['prepare-run', 'arguments', invocationKey, JSON.stringify(ADD_PROD)],
    ['start-build', 'arguments', invocationKey, JSON.stringify(ADD_PROD)],
    [
      'start-build',
      'program that places layers',
      (id: string) => inputFileKey(id, PLACE_LAYERS_FILE),
      'echo PWNED',
    ],
  ])(
    'Before %s is called, it replaces the %s of a run: the run fails with InputChanged',
    async (...[handler, , keyOf, content]) => {
      const runId = `victim-${handler}-${content.length}`;
      attacks(handler, () => put(keyOf(runId), content));

      await expect(addInRun(runId)).resolves.toBe('InputChanged');
      await expect(logOf(await kit.attach(runId))).resolves.not.toContain('PWNED');
    },
  );

  it('A run whose commands were replaced runs none of the other commands', async () => {
    const runId = 'victim-commands';
    attacks('prepare-run', () =>
      put(invocationKey(runId), JSON.stringify({ kind: 'commands', target: ['echo PWNED'] })),
    );
    const run = await kit.submitCommands(['echo mine'], { runId });

    await expect(valueOrCode(run)).resolves.toBe('InputChanged');
  });

  it('A run returns its own value when files were added to its input, and never reads them', async () => {
    const runId = 'victim-added';
    attacks('start-build', async () => {
      await put(inputFileKey(runId, 'exported-variables.sh'), 'echo PWNED');
      await put(inputFileKey(runId, '.hidden/file'), 'x');
    });
    const run = await kit.submitFunction(VALUES, 'add', [1, 2], {
      runId,
      build: { exportedVariables: ['VERSION'] },
    });

    await expect(valueOrCode(run)).resolves.toBe(OWN);
    await expect(logOf(run)).resolves.not.toContain('PWNED');
  });

  it('A run whose phases continue after a failure runs no command if its input was replaced', async () => {
    const runId = 'victim-continues';
    attacks('start-build', () => put(invocationKey(runId), JSON.stringify(ADD_PROD)));
    const run = await kit.submitFunction(VALUES, 'add', [1, 2], {
      runId,
      build: { abortPhasesOnFailure: false, preBuildCommands: ['echo RAN'], postBuildCommands: ['echo RAN'] },
    });

    await expect(valueOrCode(run)).resolves.toBe('InputChanged');
    await expect(logOf(run)).resolves.not.toMatch(/^RAN$/m);
  });

  it('A run fails with ResultChanged if its result was replaced before the outcome is collected', async () => {
    const runId = 'victim-result';
    attacks('collect-outcome', async () => put(resultKey(await outputOf(runId)), '{"ok":true,"value":404}'));

    await expect(addInRun(runId)).resolves.toBe('ResultChanged');
  });

  it('The value of an ended run whose result was replaced cannot be read, and a repetition of the run returns its own value', async () => {
    const run = await kit.submitFunction(VALUES, 'add', [1, 2]);
    const { record } = await run.outcome();
    await put(resultKey(record.outputKey ?? ''), '{"ok":true,"value":404}');

    await expect(valueOrCode(run)).resolves.toBe('ResultChanged');
    await expect(valueOrCode(await kit.again(run.id))).resolves.toBe(OWN);
  });

  it('An ended run whose input was replaced cannot be repeated', async () => {
    const run = await kit.submitFunction(VALUES, 'add', [1, 2]);
    await run.outcome();
    await put(invocationKey(run.id), JSON.stringify(ADD_PROD));

    await expect(kit.again(run.id)).rejects.toMatchObject({ code: 'InputChanged' });
  });

  it('A requested run is refused if another principal has stored an input under its id', async () => {
    const runId = 'nightly-20261129T020000Z';
    await put(invocationKey(runId), JSON.stringify({ kind: 'commands', target: ['echo PWNED'] }));
    const request = { version: 1, runId, invocation: { kind: 'commands', target: ['echo mine'] } };

    await expect(startRun(request)).resolves.toMatchObject({ refused: { code: 'RunIdConflict' } });
    await expect(kit.runs.get(runId)).rejects.toMatchObject({ code: 'RunNotFound' });
  });

  it('A request is refused if its input was replaced after the request named its SHA-256', async () => {
    const { sha256 } = contentDigest(Buffer.from('{"kind":"commands","target":["echo mine"]}'));
    await put('inbox/nightly.json', '{"kind":"commands","target":["echo PWNED"]}');
    const request = { version: 1, runId: 'named', inputKey: 'inbox/nightly.json', inputSha256: sha256 };

    await expect(startRun(request)).resolves.toMatchObject({ refused: { code: 'InputChanged' } });
  });
});

/** Waits for the end of a run's build. @returns the key prefix of its output */
async function outputOf(runId: string): Promise<string> {
  const { buildId = '' } = (await (await kit.attach(runId)).record()) ?? {};
  const { endpoint, region, credentials } = place;
  const { builds } = await new CodeBuildClient({ endpoint, region, credentials }).send(
    new BatchGetBuildsCommand({ ids: [buildId] }),
  );
  return outputPrefix(builds?.[0]?.arn ?? '');
}

/** Invokes the handler `start-run` with the detail of a `Run Requested` event. */
async function startRun(detail: object): Promise<unknown> {
  const { endpoint, region, credentials } = place;
  const event = { 'detail-type': 'Run Requested', id: 'event-1', detail };
  const { Payload } = await new LambdaClient({ endpoint, region, credentials }).send(
    new InvokeCommand({
      FunctionName: seedkitNames.handler('demo', 'start-run'),
      Payload: JSON.stringify(event),
    }),
  );
  return JSON.parse(Buffer.from(Payload ?? []).toString()) as unknown;
}

/** Creates a folder with a layer that no other test has. */
async function aFolder(name: string): Promise<string> {
  const app = path.join(folder, name);
  await mkdir(path.join(app, 'bin'), { recursive: true });
  await mkdir(path.join(app, 'empty'), { recursive: true });
  await writeFile(path.join(app, 'name.txt'), name);
  await writeFile(path.join(app, 'bin/tool.sh'), '#!/bin/sh\necho "the tool of $(cat name.txt)"\n');
  await chmod(path.join(app, 'bin/tool.sh'), 0o755);
  await rm(path.join(app, 'latest'), { force: true });
  await symlink('bin/tool.sh', path.join(app, 'latest'));
  return app;
}

/** Runs the tool of a folder. @returns the run with its log lines and progress events */
async function runTool(app: string, options: { readonly abortPhasesOnFailure?: boolean } = {}) {
  const lines: string[] = [];
  const events: ProgressEvent[] = [];
  const run = await kit.submitCommands(['./latest', 'stat -c %a bin/tool.sh', 'ls -A empty | wc -l'], {
    dirs: { app },
    workingDirectory: 'app',
    build: options,
    onLog: (line) => lines.push(line),
    onProgress: (event) => events.push(event),
  });
  return { run, lines, events, outcome: () => run.outcome() };
}

/** Returns the S3 key of the layer that was packed. */
async function keyOf(events: readonly ProgressEvent[]): Promise<string> {
  const packed = events.find((event) => event.type === 'packed');
  return layerKey(packed?.layers[1]?.digest ?? '');
}

const isThere = async (Key: string) =>
  s3.send(new HeadObjectCommand({ Bucket: bucket, Key })).then(
    () => true,
    () => false,
  );

describe('Layers', () => {
  it('A build has the links, modes and empty folders of its layers even if unzip does not keep them', async () => {
    const { lines, outcome } = await runTool(await aFolder('plain'));
    await outcome();

    expect(lines.filter((line) => !line.startsWith('[Container]'))).toEqual([
      expect.stringMatching(/^codeseeder: placed 2 layers, \d+ files$/),
      'the tool of plain',
      '755',
      '0',
    ]);
  });

  it('A run can use an existing layer list as its prebuilt bundle', async () => {
    const { events, outcome } = await runTool(await aFolder('listed'));
    await outcome();
    const packed = events.find((event) => event.type === 'packed');
    const lines: string[] = [];
    await kit.commands(['./latest'], {
      prebuiltBundle: `s3://${bucket}/bundles/${packed?.digest}.json`,
      workingDirectory: 'app',
      onLog: (line) => lines.push(line),
    });

    expect(lines).toContain('the tool of listed');
  });
});

describe('Layers that do not match their digest', () => {
  it.each<[string, boolean]>([
    ['is no zip', true],
    ['has other files', true],
    ['has other files', false],
  ])(
    'A stored layer that %s is deleted, and the run repeated with the right one (on-failure: %s)',
    async (what, aborts) => {
      const name = `${what} ${aborts}`;
      const app = await aFolder(name);
      const probe = await runTool(app);
      await probe.outcome();
      const key = await keyOf(probe.events);
      const evil = what === 'is no zip' ? Buffer.from('no zip') : await zipOfAnother();
      await put(key, evil);

      const { run, lines, events, outcome } = await runTool(app, { abortPhasesOnFailure: aborts });
      const first = run.id;
      const ended = await outcome();

      expect(await kit.runs.get(first)).toMatchObject({
        status: 'FAILED',
        failure: { code: 'BundleMissing', message: expect.stringContaining(key) },
      });
      expect(ended.record).toMatchObject({ status: 'SUCCEEDED', retryOf: first });
      expect(events.map(({ type }) => type)).toContain('repeating');
      expect(lines.filter((line) => line.startsWith('the tool of'))).toEqual([`the tool of ${name}`]);
      expect(await isThere(key)).toBe(true);
    },
  );

  /** Returns the zip of another layer. */
  async function zipOfAnother(): Promise<Buffer> {
    const other = await runTool(await aFolder('another'));
    await other.outcome();
    const Key = await keyOf(other.events);
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key }));
    return Buffer.from((await Body?.transformToByteArray()) ?? []);
  }
});

describe('Expired layers', () => {
  it('A run with an expired layer cannot be repeated until another run uploads the layer again', async () => {
    const app = await aFolder('expired');
    const { run, events, outcome } = await runTool(app);
    await outcome();
    const key = await keyOf(events);
    await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));

    await expect(kit.again(run.id)).rejects.toMatchObject({
      code: 'BundleMissing',
      message: expect.stringContaining(key),
    });
    await (await runTool(app)).outcome();
    await expect((await kit.again(run.id)).outcome()).resolves.toMatchObject({
      record: { retryOf: run.id, status: 'SUCCEEDED' },
    });
  });
});
