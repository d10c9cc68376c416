import path from 'node:path';
import { BatchGetBuildsCommand, CodeBuildClient } from '@aws-sdk/client-codebuild';
import { DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import { beforeAll, describe, expect, it } from '@jest/globals';

import {
  RemoteError,
  RunFailedError,
  seedkit,
  type ProgressEvent,
  type Seedkit,
} from '../../client/index.js';
import { sharedSeedkit, type SharedSeedkit } from './local-seedkit.js';

const VALUES = path.resolve(import.meta.dirname, '../fixtures/functions/values.ts');
const CALLS_ITSELF = path.resolve(import.meta.dirname, '../fixtures/functions/calls-itself.ts');

let place: SharedSeedkit;
let kit: Seedkit;

beforeAll(async () => {
  place = await sharedSeedkit();
  kit = seedkit(place.name);
});

/** Returns the error with which a run fails. */
async function failureOf(
  exportName: string,
  args: readonly unknown[],
  file = VALUES,
): Promise<RunFailedError> {
  const run = await kit.submitFunction(file, exportName, args);
  return run.result().then(
    () => {
      throw new Error('the run succeeded');
    },
    (error: unknown) => error as RunFailedError,
  );
}

/**
 * Waits for the end of a build, because the record of a canceled run ends before its build.
 * @returns the build's status
 */
async function endOfBuild(buildId: string): Promise<string | undefined> {
  const codeBuild = new CodeBuildClient({});
  for (;;) {
    const { builds } = await codeBuild.send(new BatchGetBuildsCommand({ ids: [buildId] }));
    if (builds?.[0]?.buildComplete !== false) return builds?.[0]?.buildStatus;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

describe('Functions', () => {
  it('A function runs in the build and returns its value, with a record and a history', async () => {
    const run = await kit.submitFunction(VALUES, 'add', [40, 2]);

    await expect(run.result()).resolves.toBe(42);
    expect(await run.record()).toMatchObject({
      runId: run.id,
      status: 'SUCCEEDED',
      target: 'test/fixtures/functions/values.ts#add',
      trigger: 'CLIENT',
      seedkit: place.name,
      phase: 'COMPLETED',
    });
    let states: (string | undefined)[] = [];
    // The result is available before the last states of the machine.
    while (!states.includes('RunSucceeded')) states = (await run.history()).map(({ state }) => state);
    expect(states).toEqual(
      expect.arrayContaining(['PrepareRun', 'StartBuild', 'WaitForBuild', 'CollectOutcome']),
    );
  });

  it('A function that throws gives name, message, cause and TypeScript line of its error', async () => {
    const error = (await failureOf('deployNetwork', ['prod'])) as unknown as RemoteError;

    expect(error).toBeInstanceOf(RemoteError);
    expect(error).toMatchObject({
      code: 'RemoteError',
      remoteName: 'NetworkError',
      message: 'cannot deploy to prod',
    });
    expect(error.remoteStack).toMatch(/deployNetwork .*test\/fixtures\/functions\/values\.ts:57:/);
    expect(error.cause).toMatchObject({ name: 'TypeError', message: 'no such stage: prod' });
  });

  it('A function takes and returns 5 MB unchanged', async () => {
    const argument = { text: 'ä'.repeat(2_500_000) };
    const run = await kit.submitFunction(VALUES, 'echo', [argument]);

    expect(await run.result()).toEqual(argument);
  });

  it.each([
    ['nested', [], 'ResultNotJson', 'value.items[1].id is a BigInt'],
    ['cycle', [], 'ResultNotJson', 'value.self refers back'],
    ['fillParts', [500], 'ResultTooLarge', 'larger than 67108864 bytes'],
    ['exit', [0], 'ProcessExited', 'exit code 0 before it returned'],
    ['killed', [], 'ResultMissing', ''],
  ] as const)('The function %s(%j) ends as %s', async (exportName, args, code, message) => {
    const error = await failureOf(exportName, args);

    expect(error).toBeInstanceOf(RunFailedError);
    expect(error.code).toBe(code);
    expect(error.message).toContain(message);
  });

  it('A module that calls a remote function while it is imported ends as RemoteCallDuringImport', async () => {
    const error = await failureOf('add', [1, 2], CALLS_ITSELF);

    expect(error.code).toBe('RemoteCallDuringImport');
    expect(error.message).toContain('if (!isRemote)');
  });
});

describe('Checks before the upload', () => {
  it.each([
    ['missing', [], 'TargetNotFound', 'does not export missing; it exports'],
    ['echo', [{ id: 1n }], 'ArgumentsNotJson', 'args[0].id is a BigInt'],
  ] as const)(
    'The call %s(%j) is refused as %s before the upload',
    async (exportName, args, code, message) => {
      const events: ProgressEvent[] = [];
      const refused = kit.submitFunction(VALUES, exportName, args, {
        onProgress: (event) => events.push(event),
      });

      await expect(refused).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
      expect(events.map(({ type }) => type)).not.toContain('uploading');
    },
  );

  it('The error for a seedkit that does not exist names it and the command that deploys it', async () => {
    await expect(seedkit('other').commands(['true'])).rejects.toMatchObject({
      code: 'SeedkitNotFound',
      message: expect.stringMatching(
        /^No seedkit "other" is deployed in .*\n- .*local env other\)"\n- .*codeseeder deploy seedkit other\n/,
      ),
    });
  });
});

describe('Bundles', () => {
  it('A folder is uploaded once for two runs that include it', async () => {
    const uploads: boolean[] = [];
    const onProgress = (event: ProgressEvent) => {
      if (event.type === 'uploaded' && event.layer !== 'code') uploads.push(event.alreadyPresent);
    };
    const dirs = { only: path.resolve(import.meta.dirname, '../fixtures/functions') };
    await kit.commands(['ls only'], { dirs, onProgress });
    await kit.commands(['ls -l only'], { dirs, onProgress });

    expect(uploads).toEqual([false, true]);
  });
});

describe('Commands', () => {
  it('Commands run in one shell, with folders, and end with the first that fails', async () => {
    const dirs = { functions: path.dirname(VALUES) };
    const lines: string[] = [];
    await kit.commands(['cd functions', 'NAME=$(ls)', 'echo "found $NAME"'], {
      dirs,
      onLog: (line) => lines.push(line),
    });

    expect(lines.join('\n')).toContain('found calls-itself.ts');
    await expect(kit.commands(['exit 3', 'echo never'])).rejects.toMatchObject({
      code: 'CommandFailed',
      message: expect.stringContaining('exit status 3'),
    });
  });
});

describe('Runs', () => {
  it('A canceled run ends as CANCELED with the caller and the reason, and its build is stopped', async () => {
    const run = await kit.submitFunction(VALUES, 'sleepSeconds', [600]);
    while ((await run.record())?.buildId === undefined)
      await new Promise((resolve) => setTimeout(resolve, 100));
    await run.cancel('no longer needed');

    await expect(run.result()).rejects.toMatchObject({ code: 'RunCanceled' });
    const record = await run.record();
    expect(record).toMatchObject({ status: 'CANCELED', failure: { code: 'RunCanceled' } });
    expect(record?.failure?.message).toMatch(/Canceled by .+: no longer needed/);
    expect(await endOfBuild(record?.buildId ?? '')).toBe('STOPPED');
  });

  it('A run id in use attaches to the run if the input is the same, and is a conflict otherwise', async () => {
    const runId = 'once-only';
    const first = await kit.submitFunction(VALUES, 'add', [1, 2], { runId });
    const again = await kit.submitFunction(VALUES, 'add', [1, 2], { runId });

    expect(again.executionArn).toBe(first.executionArn);
    await expect(first.result()).resolves.toBe(3);
    const after = await kit.submitFunction(VALUES, 'add', [1, 2], { runId });
    await expect(after.result()).resolves.toBe(3);
    await expect(
      kit.submitFunction(VALUES, 'add', [1, 2], { runId, labels: { other: 'input' } }),
    ).rejects.toMatchObject({
      code: 'RunIdConflict',
    });
  });

  it('A run is found by its label, its name, its target and its status', async () => {
    const labels = { find: 'this-one' };
    const run = await kit.submitCommands(['cd /', 'echo found'], { name: 'the found one', labels });
    await run.outcome();
    const found = async (filters: Parameters<typeof kit.runs.list>[0]) =>
      (await kit.runs.list({ ...filters, limit: 100 })).map(({ runId }) => runId);

    expect(await found({ labels })).toEqual([run.id]);
    expect(await found({ labels, status: 'SUCCEEDED', target: 'echo found' })).toEqual([run.id]);
    expect(await found({ target: 'the found one' })).toEqual([run.id]);
    expect(await found({ labels, status: 'QUEUED' })).toEqual([]);
    // Reads the index itself, because the client finds runs of the first minutes without it.
    const { Items } = await new DynamoDBClient({}).send(
      new QueryCommand({
        TableName: `codeseeder-${place.name}-runs`,
        IndexName: 'byFacet',
        KeyConditionExpression: 'facet = :facet',
        ExpressionAttributeValues: { ':facet': { S: 'label#find=this-one' } },
      }),
    );
    expect(Items).toHaveLength(1);
  });

  it('A run is found by its id alone, and an unknown id is RunNotFound', async () => {
    const run = await kit.submitFunction(VALUES, 'echo', [{ a: 1 }]);
    const elsewhere = await seedkit(place.name).attach(run.id);

    await expect(elsewhere.result()).resolves.toEqual({ a: 1 });
    expect((await kit.runs.list({ limit: 100 })).map(({ runId }) => runId)).toContain(run.id);
    await expect(kit.attach('never-was')).rejects.toMatchObject({ code: 'RunNotFound' });
  });
});
