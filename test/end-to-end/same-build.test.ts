import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { seedkit, type Seedkit } from '../../client/index.js';
import { preparedRunSchema, invocationKey, type RunRecord } from '../../lib/contract/index.js';
import { type Intercept, type LocalPlace, startLocalPlace } from '../../lib/local/index.js';
import { synthesizedSeedkit } from '../local/place/seedkit-assembly.js';
import { codeseeder } from './command-line-process.js';

const VALUES = path.resolve(import.meta.dirname, '../fixtures/functions/values.ts');

let place: LocalPlace;
let kit: Seedkit;
let bucket: string;
let s3: S3Client;
/** The StartBuild request of each run. */
const asked = new Map<string, object>();

/** Records the StartBuild request that `prepare-run` returns, without idempotency token and queue timeout. */
const watchStarts: Intercept = async (call, proceed) => {
  const answer = await proceed();
  if (call.operation === 'Invoke' && call.functionName?.includes('prepare-run') === true) {
    const { payload } = answer as { readonly payload: string };
    const prepared = preparedRunSchema.safeParse(JSON.parse(payload));
    if (prepared.success)
      asked.set((prepared.data.event as { runId: string }).runId, prepared.data.startBuild);
  }
  return answer;
};

beforeAll(async () => {
  const assembly = await synthesizedSeedkit();
  place = await startLocalPlace({ intercept: watchStarts });
  const [stack] = await place.deploy(assembly.folder);
  bucket = stack?.outputs['Bucket'] ?? '';
  const { endpoint, region, credentials } = place;
  kit = seedkit('demo', { aws: { endpoint, region, credentials } });
  s3 = new S3Client({ endpoint, region, credentials, forcePathStyle: true });
});
afterAll(async () => {
  s3.destroy();
  await place.close();
});

/** Returns the StartBuild request of a run, with the run id replaced. */
function buildOf(runId: string): unknown {
  return JSON.parse(JSON.stringify(asked.get(runId) ?? null).replaceAll(runId, 'THE-RUN'));
}

async function untilEnded(runId: string): Promise<RunRecord> {
  for (;;) {
    const record = await kit.runs.get(runId).catch(() => undefined);
    if (record?.finishedAt !== undefined) return record;
    await sleep(100);
  }
}

describe('Builds of the same function', () => {
  it('A function has the same build by import, command line, `again` and an object of the inbox', async () => {
    const echo = kit.remoteFunction(VALUES, async function echo(value: unknown) {
      return value;
    });
    const imported = await echo.submit('hi');
    await expect(imported.result()).resolves.toBe('hi');

    const args = [
      'run',
      `${path.relative(process.cwd(), VALUES)}#echo`,
      '"hi"',
      '--seedkit',
      'demo',
      '--json',
    ];
    const typed = await codeseeder(args, place.environment());
    const { runId: typedId, value } = JSON.parse(typed.stdout) as { runId: string; value: unknown };
    expect(value).toBe('hi');

    const again = await kit.again(imported.id);
    await expect(again.result()).resolves.toBe('hi');

    const { bundle } = (await imported.record()) ?? {};
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: invocationKey(imported.id) }));
    const invocation = JSON.parse((await Body?.transformToString()) ?? '') as unknown;
    const request = { version: 1, runId: 'from-the-inbox', bundle, invocation };
    await s3.send(
      new PutObjectCommand({ Bucket: bucket, Key: 'inbox/a.request.json', Body: JSON.stringify(request) }),
    );
    expect(await untilEnded('from-the-inbox')).toMatchObject({
      status: 'SUCCEEDED',
      trigger: 'INBOX',
      bundle,
    });

    const build = buildOf(imported.id);
    expect(build).toMatchObject({ sourceTypeOverride: 'S3', projectName: 'codeseeder-demo' });
    for (const other of [typedId, again.id, 'from-the-inbox']) expect(buildOf(other)).toEqual(build);
  });

  it('Functions of one module have the same layers, and functions of another module have others', async () => {
    const bundles = await Promise.all(
      [
        kit.submitFunction(VALUES, 'echo', [1]),
        kit.submitFunction(VALUES, 'add', [1, 2]),
        kit.submitFunction(path.resolve(VALUES, '../../endings/endings.ts'), 'add', [1, 2]),
      ].map(async (run) => {
        const { id } = await run;
        return (await untilEnded(id)).bundle;
      }),
    );

    expect(bundles[1]).toEqual(bundles[0]);
    expect(bundles[2]).not.toEqual(bundles[0]);
  });
});

describe('Exported variables', () => {
  it('Variables that a function sets are in the outcome and in later commands, and those never set are absent', async () => {
    const file = path.resolve(VALUES, '../../endings/sets-variables.ts');
    const lines: string[] = [];
    const run = await kit.submitFunction(file, 'setVariables', [{ VPC_ID: `vpc-1 'quoted'\nline 2` }], {
      build: { exportedVariables: ['VPC_ID', 'NEVER'], buildCommands: ['echo "later: $VPC_ID"'] },
      onLog: (line) => lines.push(line),
    });
    const outcome = await run.outcome();

    expect(outcome.exportedVariables).toEqual({ VPC_ID: `vpc-1 'quoted'\nline 2` });
    expect(lines).toContain(`later: vpc-1 'quoted'`);
  });

  it('Variables that a function sets are in the record although the function threw', async () => {
    const file = path.resolve(VALUES, '../../endings/sets-variables.ts');
    const run = await kit.submitFunction(file, 'setVariables', [{ VPC_ID: 'vpc-1' }, 'throw'], {
      build: { exportedVariables: ['VPC_ID'] },
    });

    await expect(run.outcome()).rejects.toMatchObject({
      code: 'RemoteError',
      record: { exportedVariables: { VPC_ID: 'vpc-1' } },
    });
  });
});

describe('The working directory', () => {
  it('A working directory that the bundle lacks is named in the failure', async () => {
    const dirs = { app: path.dirname(VALUES) };

    await expect(kit.commands(['true'], { dirs, workingDirectory: 'infra' })).rejects.toMatchObject({
      code: 'BuildFailed',
      message: expect.stringContaining('the bundle has no folder infra, which is its workingDirectory'),
    });
  });
});
