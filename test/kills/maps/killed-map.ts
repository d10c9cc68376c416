import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';

import { BatchGetBuildsCommand, CodeBuildClient, paginateListBuilds } from '@aws-sdk/client-codebuild';

import { type MapProgress, type MapResult, type RemoteMap, seedkit } from '../../../client/index.js';
import { EXIT_CODES } from '../../../client/cli/exit-code.js';
import { COMMAND_LINE, type Ended, start } from '../../end-to-end/command-line-process.js';
import { type LocalSeedkit, startLocalSeedkit } from '../../end-to-end/local-seedkit.js';

/** What is killed with SIGKILL halfway through the map: the client that started it, or the local AWS. */
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
  /** Duration of the map in seconds, including the restart of the local AWS. */
  readonly seconds: number;
  /** Number of runs that failed as planned. */
  readonly planned: number;
  /** Number of inputs whose run failed, or did not start, because the local AWS was killed. */
  readonly lost: number;
  /** Number of runs that `maps.again` started. */
  readonly again: number;
  readonly breaches: readonly string[];
}

/** Whether an input fails. One in twenty does, until the file `repaired` exists. */
const FAILS = (index: number) => index % 20 === 3;
const REPAIRED = 'repaired';
const LOOK_EVERY_MS = 250;
/**
 * Maximum time without a further finished run. If a kill ended a build, only `reconcile-run`, which runs every five
 * minutes, ends the run.
 */
const STANDSTILL_MS = 12 * 60_000;

/**
 * Runs a command over many inputs, kills the client, the local AWS, or both halfway, and runs failed inputs again.
 * Checks that results are in the order of the inputs, that each planned failure is reported, and that in the end each
 * input succeeded exactly once.
 */
export async function killedMap(options: KilledMapOptions): Promise<KilledMapReport> {
  const folder = await mkdtemp(path.join(tmpdir(), 'codeseeder-killed-map-'));
  // Builds see a folder in /tmp only if it is in the PATH of the local AWS.
  process.env['PATH'] = `${folder}:${process.env['PATH'] ?? ''}`;
  const { inputs, concurrency } = options;
  let place = await startLocalSeedkit({ concurrency });
  try {
    const startedMs = Date.now();
    const client = await startClient(folder, place, options);
    const map = await onlyMap(place);
    await until(map, options, ({ succeeded, failed }) => succeeded + failed >= inputs / 2);
    if (options.victims.includes('client')) client.process.kill('SIGKILL');
    if (options.victims.includes('place')) {
      await place.kill();
      const port = Number(new URL(place.endpoint).port);
      place = await startLocalSeedkit({ dataFolder: place.dataFolder, concurrency, port });
    }
    await until(map, options, ({ status }) => status !== 'RUNNING');
    const seconds = (Date.now() - startedMs) / 1_000;
    const ended = await client.ended;
    await writeFile(path.join(folder, REPAIRED), '');
    const checks = await checkedTwice(map, place, options);
    if (!isAsExpected(ended, options))
      checks.breaches.push(`the client that started the map ended with ${ended.exitCode}: ${ended.stderr}`);
    return { ...checks, inputs, seconds };
  } finally {
    await place.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * Returns whether the client that started the map ended as it should: killed, or with the failure of the map. A client
 * that looks at its map while the local AWS is down may report that, too.
 */
function isAsExpected({ exitCode, stderr }: Ended, { victims }: KilledMapOptions): boolean {
  if (victims.includes('client')) return exitCode === null;
  if (exitCode === EXIT_CODES.runFailed) return true;
  const isUnreachable = exitCode === EXIT_CODES.controlPlane && stderr.includes('AwsUnreachable: ');
  return victims.includes('place') && isUnreachable;
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

/** Waits until the map has a record. */
async function onlyMap({ name }: LocalSeedkit): Promise<RemoteMap<null>> {
  const { maps } = seedkit(name);
  for (;;) {
    const [record] = await maps.list();
    if (record !== undefined) return maps.attach<null>(record.mapId);
    await sleep(LOOK_EVERY_MS);
  }
}

/** Waits until a condition holds. @throws Error when no further run ends for a long time */
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

/** Checks the map, runs the failed inputs again, and checks the result of that. */
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
 * Returns the indexes of the inputs that have exactly one successful run with exactly one successful build, in
 * ascending order. A build that ended right when the local AWS was killed may have succeeded although its run did
 * not. This input is run again, so its former build does not count.
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
