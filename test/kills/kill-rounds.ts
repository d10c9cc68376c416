import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

import fc from 'fast-check';

import { seedkit } from '../../client/index.js';
import { EVENT_SOURCE } from '../../lib/contract/index.js';
import { COMMAND_LINE, start } from '../end-to-end/command-line-process.js';
import { startLocalSeedkit, type LocalSeedkit } from '../end-to-end/local-seedkit.js';
import { subscribe } from '../end-to-end/received-events.js';
import { EVENTS_OF_WRITER, openWriters, type Writer } from './acknowledged-writes.js';
import { submittedRuns, type SubmittedRuns } from './submitted-runs.js';

export interface KillOptions {
  /** Number of kills. */
  readonly kills: number;
  /** Number of runs submitted between two kills. */
  readonly runsEach: number;
  /** Seed of the random times of the kills. */
  readonly seed: number;
  /** Maximum time between a start and the kill, in milliseconds. @default 3 seconds */
  readonly longestLifeMs?: number;
  readonly onRound?: (round: number, breaches: readonly string[]) => void;
}

export interface KillReport {
  readonly kills: number;
  readonly runs: number;
  /** Number of acknowledged writes by service. */
  readonly writes: Readonly<Record<string, number>>;
  readonly breaches: readonly string[];
}

const LONGEST_LIFE_MS = 3_000;
const LONGEST_START_MS = 1_500;
/** Of five starts, one is killed before it is complete. */
const STARTS_TO_ONE_KILLED = 4;
/** Maximum time until an event reaches the target of its rule. */
const DELIVERY_MS = 60_000;
/**
 * Time for `reconcile-run`, which runs every five minutes, to record the end of a run whose status event was lost in
 * a kill.
 */
const SETTLING_MS = 6 * 60_000;

/**
 * Writes to a local AWS and submits runs, and kills the local AWS with SIGKILL repeatedly. After each kill, checks
 * that every acknowledged write exists and that no process of a build is left.
 */
export async function killRounds(options: KillOptions): Promise<KillReport> {
  const moments = momentsOf(options);
  let place = await startLocalSeedkit({ concurrency: 8 });
  try {
    await subscribe(place, [EVENT_SOURCE, EVENTS_OF_WRITER]);
    const writers = await openWriters(place.outputs['Bucket'] ?? '', place.outputs['EventBus'] ?? '');
    const runs = submittedRuns(seedkit(place.name));
    const writes: Record<string, number> = {};
    const breaches: string[] = [];
    for (const [index, { lifeMs, startMs }] of moments.entries()) {
      const round = index + 1;
      await liveAndBeKilled(place, { round, lifeMs, runsEach: options.runsEach, writers, runs, writes });
      if (startMs !== null) await dieWhileStarting(place, startMs);
      place = await startAgain(place);
      const found = await lasting(() => breachesOf(place, writers, runs));
      breaches.push(...found.map((breach) => `after kill ${round}: ${breach}`));
      options.onRound?.(round, found);
    }
    await until(SETTLING_MS, () => runs.haveEnded());
    breaches.push(
      ...(await lasting(() => breachesOf(place, writers, runs))),
      ...(await lasting(runs.breaches)),
    );
    return { kills: options.kills, runs: runs.count(), writes, breaches };
  } finally {
    await place.close();
  }
}

/**
 * Returns, for each kill, the time before it. `startMs` is the time after which the next start is killed as well, or
 * null.
 */
function momentsOf({
  kills,
  seed,
  longestLifeMs = LONGEST_LIFE_MS,
}: KillOptions): { lifeMs: number; startMs: number | null }[] {
  const upTo = (max: number) => fc.noBias(fc.integer({ min: 0, max }));
  const moment = fc.record({
    lifeMs: upTo(longestLifeMs),
    startMs: fc.oneof(
      { weight: STARTS_TO_ONE_KILLED, arbitrary: fc.constant(null) },
      { weight: 1, arbitrary: upTo(LONGEST_START_MS) },
    ),
  });
  return fc.sample(fc.noBias(moment), { seed, numRuns: kills });
}

interface Life {
  readonly round: number;
  readonly lifeMs: number;
  readonly runsEach: number;
  readonly writers: readonly Writer[];
  readonly runs: SubmittedRuns;
  readonly writes: Record<string, number>;
}

async function liveAndBeKilled(
  place: LocalSeedkit,
  { round, lifeMs, runsEach, writers, runs, writes }: Life,
) {
  let alive = true;
  const whileAlive = async (work: () => Promise<void>) => {
    while (alive) await work().catch(() => (alive = false));
  };
  const writing = writers.map((writer) =>
    whileAlive(async () => {
      await writer.write();
      writes[writer.name] = (writes[writer.name] ?? 0) + 1;
    }),
  );
  const submitting = Array.from({ length: runsEach }, (_, index) =>
    runs.submit(`round-${round}-${index}`).catch(() => undefined),
  );
  // Waits for the first submission. On a busy machine, every kill could otherwise come before a submission is
  // acknowledged, and no run would be checked.
  if (round === 1) await submitting[0];
  await sleep(lifeMs);
  await place.kill();
  alive = false;
  await Promise.all([...writing, ...submitting]);
}

async function dieWhileStarting({ name, dataFolder }: LocalSeedkit, afterMs: number): Promise<void> {
  const starting = start(process.execPath, [COMMAND_LINE, 'local', 'up', name, '--data', dataFolder]);
  await sleep(afterMs);
  starting.process.kill('SIGKILL');
  await starting.ended;
}

function startAgain({ name, dataFolder, endpoint }: LocalSeedkit): Promise<LocalSeedkit> {
  return startLocalSeedkit({ name, dataFolder, concurrency: 8, port: Number(new URL(endpoint).port) });
}

async function breachesOf(
  place: LocalSeedkit,
  writers: readonly Writer[],
  runs: SubmittedRuns,
): Promise<string[]> {
  const lost = await Promise.all(writers.map((writer) => writer.breaches()));
  return [...lost.flat(), ...(await runs.breachesSoFar()), ...(await orphans(place))];
}

/**
 * Returns the processes of builds that a killed local AWS left running. Their HOME is below the data folder.
 */
async function orphans({ dataFolder, pid }: LocalSeedkit): Promise<string[]> {
  const ids = (await readdir('/proc')).filter((id) => /^\d+$/.test(id) && Number(id) !== pid);
  const read = (id: string, file: string) => readFile(`/proc/${id}/${file}`, 'utf8').catch(() => '');
  const found: string[] = [];
  for (const id of ids) {
    if (!(await read(id, 'environ')).includes(dataFolder) || (await descendsFrom(id, pid))) continue;
    const command = (await read(id, 'cmdline')).replaceAll('\0', ' ');
    if (command !== '') found.push(`the process ${id} of a killed place lives on: ${command}`);
  }
  return found;
}

async function descendsFrom(id: string, ancestor: number): Promise<boolean> {
  for (let current = id; Number(current) > 1;) {
    if (Number(current) === ancestor) return true;
    const status = await readFile(`/proc/${current}/stat`, 'utf8').catch(() => '');
    current = status.slice(status.lastIndexOf(')') + 2).split(' ')[1] ?? '0';
  }
  return false;
}

/** Returns the breaches that still exist after the maximum time for deliveries. */
async function lasting(look: () => Promise<string[]>): Promise<string[]> {
  let found: string[] = [];
  await until(DELIVERY_MS, async () => (found = await look()).length === 0);
  return found;
}

async function until(limitMs: number, holds: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + limitMs;
  while (!(await holds()) && Date.now() < deadline) await sleep(500);
}
