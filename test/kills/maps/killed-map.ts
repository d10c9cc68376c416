import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';

import { BatchGetBuildsCommand, CodeBuildClient, paginateListBuilds } from '@aws-sdk/client-codebuild';

import { type MapProgress, type MapResult, type RemoteMap, seedkit } from '../../../client/index.js';
import { EXIT_CODES } from '../../../client/cli/exit-code.js';
import { COMMAND_LINE, start } from '../../end-to-end/command-line-process.js';
import { type LocalSeedkit, startLocalSeedkit } from '../../end-to-end/local-seedkit.js';

/** What is killed with SIGKILL halfway: the client that started the map, or the local AWS. */
export const VICTIMS = ['client', 'place'] as const;
export type Victim = (typeof VICTIMS)[number];

export interface KilledMapOptions {
  readonly inputs: number;
  readonly concurrency: number;
  readonly victims: readonly Victim[];
  readonly onProgress?: (progress: MapProgress) => void;
}

export interface KilledMapReport {
  readonly inputs: number;
  /** Seconds of the map, with the restart of the local AWS. */
  readonly seconds: number;
  /** Number of runs that failed as planned. */
  readonly planned: number;
  /** Number of inputs whose run a kill of the local AWS ended, or kept from starting. */
  readonly lost: number;
  /** Number of runs that `maps.again` started. */
  readonly again: number;
  readonly breaches: readonly string[];
}

/** One input in twenty fails, until the file exists. */
const FAILS = (index: number) => index % 20 === 3;
const REPAIRED = 'repaired';
const LOOK_EVERY_MS = 250;
/** Longest time without a further end. The run of a build that a kill ended is ended by the sweep, every five minutes. */
const STANDSTILL_MS = 12 * 60_000;

/**
 * Runs a command over many inputs while the client, the local AWS, or both are killed halfway, and then runs again what
 * failed. Checks that the results come in the order of the inputs, that each planned failure is told, and that each input
 * succeeded once in the end.
 */
export async function killedMap(options: KilledMapOptions): Promise<KilledMapReport> {
  const folder = await mkdtemp(path.join(tmpdir(), 'codeseeder-killed-map-'));
  // Of /tmp, builds see what is in the PATH of the local AWS.
  process.env['PATH'] = `${folder}:${process.env['PATH'] ?? ''}`;
  const { inputs, concurrency } = options;
  let place = await startLocalSeedkit({ name: 'maps', concurrency });
  try {
    const startedMs = Date.now();
    const client = await startClient(folder, place, options);
    const map = await onlyMap(place);
    await until(map, options, ({ succeeded, failed }) => succeeded + failed >= inputs / 2);
    if (options.victims.includes('client')) client.process.kill('SIGKILL');
    if (options.victims.includes('place')) {
      await place.kill();
      const port = Number(new URL(place.endpoint).port);
      place = await startLocalSeedkit({ name: 'maps', dataFolder: place.dataFolder, concurrency, port });
    }
    await until(map, options, ({ status }) => status !== 'RUNNING');
    const seconds = (Date.now() - startedMs) / 1_000;
    const { exitCode } = await client.ended;
    await writeFile(path.join(folder, REPAIRED), '');
    const checks = await checkedTwice(map, place, options);
    const isTold = exitCode === (options.victims.includes('client') ? null : EXIT_CODES.runFailed);
    if (!isTold) checks.breaches.push(`the client that started the map ended with ${exitCode}`);
    return { ...checks, inputs, seconds };
  } finally {
    await place.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function startClient(folder: string, place: LocalSeedkit, { inputs, concurrency }: KilledMapOptions) {
  const file = path.join(folder, 'inputs.jsonl');
  await writeFile(file, Array.from({ length: inputs }, (_, index) => `${index}\n`).join(''));
  const command = `if [ $((CODESEEDER_INPUT % 20)) = 3 ] && [ ! -e '${path.join(folder, REPAIRED)}' ]; then exit 3; fi`;
  return start(process.execPath, [
    COMMAND_LINE,
    ...['map', '-s', place.name, '--concurrency', String(concurrency), file, '--', command],
  ]);
}

/** Waits for the record of the one map that was started. */
async function onlyMap({ name }: LocalSeedkit): Promise<RemoteMap<null>> {
  const { maps } = seedkit(name);
  for (;;) {
    const [record] = await maps.list();
    if (record !== undefined) return maps.attach<null>(record.mapId);
    await sleep(LOOK_EVERY_MS);
  }
}

/** @throws when no further run ends for a long time */
async function until(
  map: RemoteMap<null>,
  { onProgress }: KilledMapOptions,
  holds: (progress: MapProgress) => boolean,
): Promise<void> {
  let last = { done: -1, atMs: 0 };
  for (;;) {
    const progress = await map.progress();
    if (holds(progress)) return;
    const done = progress.succeeded + progress.failed;
    if (done !== last.done) {
      onProgress?.(progress);
      last = { done, atMs: Date.now() };
    }
    if (Date.now() - last.atMs > STANDSTILL_MS)
      throw new Error(`nothing happens: ${JSON.stringify(progress)}`);
    await sleep(LOOK_EVERY_MS);
  }
}

/** Checks the map, runs again what failed, and checks that as well. */
async function checkedTwice(
  map: RemoteMap<null>,
  place: LocalSeedkit,
  { inputs, victims }: KilledMapOptions,
) {
  const all = Array.from({ length: inputs }, (_, index) => index);
  const first = await resultsOf(map);
  const failed = first.filter(({ status }) => status !== 'SUCCEEDED').map(({ index }) => index);
  const again = await seedkit(place.name).maps.again<null>(map.id);
  const second = await resultsOf(again);
  const planned = failed.filter(FAILS);
  const unplanned = first.filter(({ index, status }) => status !== 'SUCCEEDED' && !FAILS(index));
  const breaches = [
    ...different('the indexes of the results', indexesOf(first), all),
    ...different('the inputs that failed as planned', planned, all.filter(FAILS)),
    ...different('the inputs that were run again', indexesOf(second), failed),
    ...second
      .filter(({ status }) => status !== 'SUCCEEDED')
      .map(({ runId, status }) => `the repaired run ${runId} is ${status}`),
    ...(victims.includes('place')
      ? []
      : unplanned.map(({ runId, status }) => `the run ${runId} is ${status}`)),
    ...different('the inputs with one success', await succeededOnce([...first, ...second]), all),
  ];
  return { planned: planned.length, lost: unplanned.length, again: second.length, breaches };
}

async function resultsOf(map: RemoteMap<null>): Promise<MapResult[]> {
  const results: MapResult[] = [];
  for await (const result of map.results({ order: 'input' })) results.push(result);
  return results;
}

const indexesOf = (results: readonly MapResult[]): number[] => results.map(({ index }) => index);

function different(what: string, found: readonly number[], expected: readonly number[]): string[] {
  if (isDeepStrictEqual(found, expected)) return [];
  const missing = expected.filter((index) => !found.includes(index));
  const extra = found.filter((index, at) => !expected.includes(index) || found.indexOf(index) !== at);
  return [`${what}: missing ${missing.join(', ') || 'none'}, extra ${extra.join(', ') || 'none'}`];
}

/**
 * Returns the indexes of the inputs with one successful run, which has one successful build, in ascending order. A build that
 * ended at the instant of the kill may have succeeded without its run: that run did not succeed, and is run again.
 */
async function succeededOnce(results: readonly MapResult[]): Promise<number[]> {
  const successes = results.filter(({ status }) => status === 'SUCCEEDED');
  const indexes = new Map(successes.map(({ runId, index }) => [runId, index]));
  const codebuild = new CodeBuildClient({});
  const counts = new Map<number, number>();
  for await (const { ids = [] } of paginateListBuilds({ client: codebuild }, {})) {
    if (ids.length === 0) continue;
    const { builds = [] } = await codebuild.send(new BatchGetBuildsCommand({ ids }));
    for (const { buildStatus, environment } of builds) {
      const variables = environment?.environmentVariables ?? [];
      const runId = variables.find(({ name }) => name === 'CODESEEDER_RUN_ID')?.value ?? '';
      const index = indexes.get(runId);
      if (index !== undefined && buildStatus === 'SUCCEEDED') counts.set(index, (counts.get(index) ?? 0) + 1);
    }
  }
  const once = [...counts].filter(([, count]) => count === 1).map(([index]) => index);
  return once.sort((left, right) => left - right);
}
