import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { paginateGetExecutionHistory, SFNClient } from '@aws-sdk/client-sfn';
import { beforeAll, describe, expect, it } from '@jest/globals';

import { seedkit, type Seedkit } from '../../client/index.js';
import { executionArnOf, invocationKey, type RunRecord } from '../../lib/contract/index.js';
import { codeseeder } from './command-line-process.js';
import { sharedSeedkit, type SharedSeedkit } from './local-seedkit.js';

const VALUES = path.resolve(import.meta.dirname, '../fixtures/functions/values.ts');

let place: SharedSeedkit;
let kit: Seedkit;

beforeAll(async () => {
  place = await sharedSeedkit();
  kit = seedkit(place.name);
});

/**
 * Returns the StartBuild request of a run, with the run id replaced. It is the input of the handler that starts the
 * build, to which that handler adds the idempotency token and the queue timeout.
 */
async function buildOf(runId: string): Promise<unknown> {
  const executionArn = executionArnOf(place.outputs['StateMachineArn'] ?? '', runId);
  const pages = paginateGetExecutionHistory({ client: new SFNClient({}) }, { executionArn });
  for await (const { events = [] } of pages) {
    for (const { taskScheduledEventDetails: { parameters = '{}' } = {} } of events) {
      const { Payload } = JSON.parse(parameters) as { Payload?: { startBuild?: object } };
      if (Payload?.startBuild === undefined) continue;
      return JSON.parse(JSON.stringify(Payload.startBuild).replaceAll(runId, 'THE-RUN'));
    }
  }
  throw new Error(`The execution of the run ${runId} has no StartBuild request.`);
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
      place.name,
      '--json',
    ];
    const typed = await codeseeder(args);
    const { runId: typedId, value } = JSON.parse(typed.stdout) as { runId: string; value: unknown };
    expect(value).toBe('hi');

    const again = await kit.again(imported.id);
    await expect(again.result()).resolves.toBe('hi');

    const { bundle } = (await imported.record()) ?? {};
    const s3 = new S3Client({ forcePathStyle: true });
    const { Bucket } = place.outputs;
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key: invocationKey(imported.id) }));
    const invocation = JSON.parse((await Body?.transformToString()) ?? '') as unknown;
    const request = { version: 1, runId: 'same-by-inbox', bundle, invocation };
    const Key = 'inbox/same-build.request.json';
    await s3.send(new PutObjectCommand({ Bucket, Key, Body: JSON.stringify(request) }));
    expect(await untilEnded('same-by-inbox')).toMatchObject({
      status: 'SUCCEEDED',
      trigger: 'INBOX',
      bundle,
    });

    const build = await buildOf(imported.id);
    const { CodeBuildProject: projectName } = place.outputs;
    expect(build).toMatchObject({ sourceTypeOverride: 'S3', projectName });
    for (const other of [typedId, again.id, 'same-by-inbox']) expect(await buildOf(other)).toEqual(build);
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
