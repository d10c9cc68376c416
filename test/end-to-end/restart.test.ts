import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { RunFailedError, seedkit, type AwsOptions, type Run, type Seedkit } from '../../client/index.js';
import { COMMAND_LINE, start, type Ended } from './command-line-process.js';
import { sharedSeedkit, startLocalSeedkit, type LocalSeedkit, type SharedSeedkit } from './local-seedkit.js';
import { received, subscribe } from './received-events.js';

const RUNNING = 'cut-off';
const VALUES = path.resolve(import.meta.dirname, '../fixtures/functions/values.ts');
/** A command that no other process has, by which the build's process is found. */
const SLEEP = `sleep ${90_000 + process.pid}.25`;

let place: LocalSeedkit;
let shared: SharedSeedkit;
let kit: Seedkit;
let finished: Run<unknown>;
let queued: Run<unknown>;
/** Exit code and output of the `codeseeder run` that was waiting when the local AWS was killed. */
let waited: Ended;

beforeAll(async () => {
  shared = await sharedSeedkit();
  // Sets the environment of this process for its own local AWS.
  place = await startLocalSeedkit({ concurrency: 1 });
  kit = seedkit(place.name);
  await subscribe(place);
  finished = await kit.submitFunction(VALUES, 'printLines', [3]);
  await finished.result();
  const args = ['run', '--run-id', RUNNING, '--', SLEEP];
  const waiting = start(process.execPath, [COMMAND_LINE, ...args], place.environment);
  await until(async () => (await processesOf(SLEEP)).length > 0);
  queued = await kit.submitCommands(['true']);
  await until(async () => (await queued.record())?.buildId !== undefined);

  await place.kill();
  waited = await waiting.ended;
  const { dataFolder, endpoint } = place;
  place = await startLocalSeedkit({ dataFolder, concurrency: 1, port: Number(new URL(endpoint).port) });
});

afterAll(() => place.close());

async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await sleep(50);
}

/**
 * Returns the ids of processes whose command line starts with this text. A shell that will start the command does not
 * match.
 */
async function processesOf(command: string): Promise<string[]> {
  const ids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const lines = await Promise.all(ids.map((id) => readFile(`/proc/${id}/cmdline`, 'utf8').catch(() => '')));
  return ids.filter((_, index) => lines[index]?.replaceAll('\0', ' ').startsWith(command));
}

describe('A local AWS that was killed and started again', () => {
  it('After a kill, the local AWS still has record, value, log and history of finished runs', async () => {
    const run = await kit.attach(finished.id);
    const lines: string[] = [];
    for await (const { message } of run.logs()) lines.push(message);

    await expect(run.result()).resolves.toBe(3);
    expect(lines.filter((line) => line.startsWith('line '))).toHaveLength(3);
    expect((await run.history()).at(-1)).toMatchObject({ type: 'ExecutionSucceeded' });
    await expect(run.record()).resolves.toMatchObject({ status: 'SUCCEEDED' });
  });

  it('After a kill, the local AWS ends runs that were running or queued, gives the reason and announces it', async () => {
    for (const id of [RUNNING, queued.id]) {
      const run = await kit.attach(id);
      const error = await run.result().catch((thrown: unknown) => thrown as RunFailedError);

      expect(error).toBeInstanceOf(RunFailedError);
      expect(error).toMatchObject({
        code: 'RunCanceled',
        message: expect.stringContaining('The local AWS was stopped while this execution ran.'),
      });
      const { detail } = await received(
        (event) => event.detail.runId === id && event.detail.status === 'CANCELED',
      );
      expect(detail.failure).toMatchObject({ code: 'RunCanceled' });
      await until(async () => (await run.record())?.announcedAt !== undefined);
    }
  });

  it('After a kill, no process of a build is left', async () => {
    await expect(processesOf(SLEEP)).resolves.toEqual([]);
  });

  it('After a kill, the local AWS has the same credentials and port and accepts new runs', async () => {
    const run = await kit.submitFunction(VALUES, 'add', [1, 2]);

    await expect(run.result()).resolves.toBe(3);
  });
});

describe('A waiting client', () => {
  it('A client that waits while the local AWS is killed reports that the endpoint does not answer, and exits with 3', () => {
    expect(waited).toMatchObject({ exitCode: 3, stdout: '' });
    expect(waited.stderr).toContain(`run ${RUNNING} submitted`);
    expect(waited.stderr).toMatch(/\nAwsUnreachable: .*AWS_ENDPOINT_URL is http:\/\/127\.0\.0\.1:\d+\.\n- /);
    expect(waited.stderr).toContain(
      `\n- The run ${RUNNING} may continue. To wait for it again: codeseeder runs wait`,
    );
  });
});

describe('Two local AWS at once', () => {
  const awsOf = ({ endpoint, environment }: SharedSeedkit | LocalSeedkit): AwsOptions => ({
    endpoint,
    region: environment['AWS_REGION'] ?? '',
    credentials: {
      accessKeyId: environment['AWS_ACCESS_KEY_ID'] ?? '',
      secretAccessKey: environment['AWS_SECRET_ACCESS_KEY'] ?? '',
    },
  });

  it('One kit runs in two local AWS at once, each run in its own', async () => {
    const places = [place, shared] as const;
    const ends = await Promise.all(
      ([0, 1, 0, 1] as const).map(async (index) => {
        const aws = awsOf(places[index]);
        const build = { exportedVariables: ['PLACE'] };
        const commands = ['export PLACE="$AWS_ENDPOINT_URL"'];
        const { runId, status, exportedVariables } = await kit.commands(commands, { aws, build });
        const other = awsOf(places[index === 0 ? 1 : 0]);
        await expect(kit.runs.get(runId, { aws: other })).rejects.toMatchObject({ code: 'RunNotFound' });
        await expect(kit.runs.get(runId, { aws })).resolves.toMatchObject({ runId });
        return [index, status, exportedVariables['PLACE']];
      }),
    );

    expect(ends).toEqual([0, 1, 0, 1].map((index) => [index, 'SUCCEEDED', places[index as 0 | 1].endpoint]));
  });
});
