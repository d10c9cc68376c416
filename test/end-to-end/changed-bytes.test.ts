import { BatchGetBuildsCommand, CodeBuildClient } from '@aws-sdk/client-codebuild';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { DeleteObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';

import { seedkit, type Run, type RunOutcome, type Seedkit } from '../../client/index.js';
import {
  contentDigest,
  inputFileKey,
  invocationKey,
  outputPrefix,
  PLACE_LAYERS_FILE,
  resultKey,
  seedkitNames,
} from '../../lib/contract/index.js';
import { type Intercept, type LocalPlace, startLocalPlace } from '../../lib/local/index.js';
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

let place: LocalPlace;
let kit: Seedkit;
let bucket: string;
let s3: S3Client;

beforeAll(async () => {
  const assembly = await synthesizedSeedkit();
  place = await startLocalPlace({ intercept });
  const [stack] = await place.deploy(assembly.folder);
  bucket = stack?.outputs['Bucket'] ?? '';
  const { endpoint, region, credentials } = place;
  kit = seedkit('demo', { aws: { endpoint, region, credentials } });
  s3 = new S3Client({ endpoint, region, credentials, forcePathStyle: true });
});
afterEach(() => {
  attack = undefined;
});
afterAll(async () => {
  s3.destroy();
  await place.close();
});

/** Replaces an object although the bucket policy forbids overwriting: deletes it first. */
async function put(Key: string, Body: string): Promise<void> {
  await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key }));
  await s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body, IfNoneMatch: '*' }));
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
