import { S3Client } from '@aws-sdk/client-s3';
import type { Build } from '@aws-sdk/client-codebuild';

import {
  BUILD_VARIABLES,
  contentDigest,
  isTerminal,
  outputPrefix,
  parseResultText,
  resultKey,
} from '../../../lib/contract/index.js';
import type { QuotasOption } from '../../../lib/local/index.js';
import { readResult } from '../../../lib/run-store/files.js';
import { groupBy } from '../group-by.js';
import { type AskedRun, type Breach, breachesOf, describeGivenUp } from '../invariants.js';
import { queueBreach } from '../lock-invariants.js';
import { proofOf } from '../planned-commands.js';
import { storedVersions } from '../publisher.js';
import { randomPlans, runNumber, type RunPlan } from '../run-plans.js';
import type { SoakReport } from '../soak.js';
import { addedBy, type Edition, EDITION_VARIABLE } from '../target-plans.js';
import type { BuildWork } from './builds.js';
import { cancel, serveCustomers } from './customers.js';
import type { PollBuild, ReplaceHandlers } from './handlers.js';
import { randomStream } from './random-stream.js';
import type { Item } from './run-items.js';
import { createWorld, type World } from './world.js';

export interface SimulatedSoakOptions {
  readonly runs: number;
  /** Seed of runs, faults and times. Equal seeds give the same soak, unless the machine is busy. */
  readonly seed: number;
  /** Share of calls with a fault, 0 to 1. @default 0.04 */
  readonly faultShare?: number;
  /** Request rates of the account. @default 'aws' */
  readonly quotas?: QuotasOption;
  /** Number of customers. Each requests a run, waits for it and requests the next. @default 300 */
  readonly customers?: number;
  /** Replaces the handler `poll-build`. @default the real handler */
  readonly pollBuild?: PollBuild;
  /** Replaces other handlers. @default the real handlers */
  readonly replaceHandlers?: ReplaceHandlers;
}

const BUILD_CONCURRENCY = 60;
const SWEEP_EVERY_MS = 5 * 60_000;
/**
 * Maximum number of calls of `reconcile-run` after the faults, until everything must have ended: in 12 hours. A run
 * waits for its lock for at most 8 hours, and the longest build takes 3.6 hours.
 */
const SETTLING_SWEEPS = 144;
/** Time for the delivery of the last events. */
const DELIVERY_MS = 20 * 60_000;

/**
 * Runs many runs in a simulated account, with the real handlers and the real state machine. Meanwhile calls fail at
 * random or exceed quotas, and events of builds and executions are lost, late or repeated. Hours pass in seconds.
 * Checks that each run has exactly one end, which is recorded, sent as an event, and agrees with its build.
 */
export async function simulatedSoak(options: SimulatedSoakOptions): Promise<SoakReport> {
  const { runs, seed, faultShare = 0.04, quotas = 'aws', customers = 300 } = options;
  const plans = new Map(randomPlans(seed, runs).map((plan, number) => [`soak-${seed}-${number}`, plan]));
  const stepsBack: Breach[] = [];
  const { random: systemRandom } = Math;
  // Handlers use random numbers for jitter and order. With a seeded function, a soak can be repeated.
  Math.random = randomStream(seed + 1);
  try {
    const world = createWorld({
      seed,
      faultShare,
      quotas,
      buildConcurrency: BUILD_CONCURRENCY,
      workOf: (build) => workOf(build, plans, world),
      onWrite: (before, after) => void stepsBack.push(...steppedBack(before, after)),
      onLockWrite: (before, after) => void stepsBack.push(...queueBreach(before, after)),
      pollBuild: options.pollBuild,
      replaceHandlers: options.replaceHandlers,
    });
    const over = new AbortController();
    const sweeping = sweepBySchedule(world, over.signal);
    const requested = await serveCustomers(world, plans, customers);
    world.network.isFaulty = false;
    await settle(world, requested);
    const asked = withoutDeadLetters(requested, world);
    over.abort(new Error('settled'));
    await sweeping;
    const breaches = [...stepsBack, ...(await breachesOf(asked, factsOf(world)))];
    world.time.stop();
    return reportOf(world, { seed, asked, breaches });
  } finally {
    Math.random = systemRandom;
  }
}

/**
 * Marks requests as not acknowledged if their event is in the dead-letter queue. They have no run, and this is not a
 * breach.
 */
function withoutDeadLetters(asked: readonly AskedRun[], { functions }: World): AskedRun[] {
  const dead = functions.deadLetters.map(({ event }) => JSON.stringify(event));
  const isDead = ({ runId }: AskedRun) => dead.some((event) => new RegExp(`\\b${runId}\\b`).test(event));
  return asked.map((run) => (isDead(run) ? { ...run, acknowledged: false } : run));
}

/** Returns what a build does according to the plan of its run. */
function workOf(build: Build, plans: ReadonlyMap<string, RunPlan>, world: World): BuildWork {
  const variables = build.environment?.environmentVariables ?? [];
  const runId = variables.find(({ name }) => name === BUILD_VARIABLES.runId)?.value ?? '';
  const plan = plans.get(runId);
  const edition = variables.find(({ name }) => name === EDITION_VARIABLE)?.value;
  const hasLock = variables.some(({ name }) => name === BUILD_VARIABLES.lockToken);
  const isByEvent = plan?.asked === 'by an event' && !plan.target;
  const does = isByEvent ? 'passes' : plan?.does;
  const result = resultOf(does, runId, edition === '2' ? 2 : 1);
  return {
    seconds: does === 'sleeps' ? 80_000 : durationOf(world.random(), hasLock),
    succeeds: does !== 'fails' && does !== 'throws',
    exported: does === 'passes' ? { PROOF: proofOf(runId) } : exportedOf(result),
    upload: () => {
      if (result === undefined) return;
      const Key = resultKey(outputPrefix(build.arn ?? ''));
      world.objects.operations.PutObject({ Key, Body: result });
    },
  };
}

/** Returns the content of a function's `result.json`; undefined for commands. */
function resultOf(does: RunPlan['does'] | undefined, runId: string, edition: Edition): string | undefined {
  const error = { name: 'Error', message: 'as planned', stack: '' };
  if (does === 'adds') return JSON.stringify({ ok: true, value: runNumber(runId) + addedBy(edition) });
  return does === 'throws' ? JSON.stringify({ ok: false, error }) : undefined;
}

/** Returns the exported variable that contains the digest of a result. */
function exportedOf(result: string | undefined): Record<string, string> {
  if (result === undefined) return {};
  const { sha256, sizeBytes } = contentDigest(Buffer.from(result));
  return { [BUILD_VARIABLES.result]: `${sha256}:${sizeBytes}` };
}

/**
 * Returns the duration of a build, in seconds. Most builds take a minute, a few take hours. Builds with a lock are
 * short, because many runs share a lock and none of them may wait for 8 hours.
 */
function durationOf(drawn: number, hasLock: boolean): number {
  if (hasLock) return 60;
  if (drawn < 0.02) return 3 * 3_600;
  return drawn < 0.2 ? 1_200 : 60;
}

const RANKS = ['QUEUED', 'BUILDING'];

/** Returns a breach if a write changes the status of a record to an earlier one, or changes its end. */
function steppedBack(before: Item | undefined, after: Item): Breach[] {
  const runId = String(after['runId']?.['S']);
  const [from, to] = [before, after].map((item) => item?.['status']?.['S']) as [string | undefined, string];
  if (from === undefined || from === to) return [];
  if (RANKS.includes(from) && (!RANKS.includes(to) || RANKS.indexOf(to) > RANKS.indexOf(from))) return [];
  return [{ kind: 'stepped back', runId, message: `${runId} went from ${from} to ${to}` }];
}

async function sweepBySchedule(world: World, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    void world.functions.deliver('reconcile-run', { 'detail-type': 'Scheduled Event', detail: {} });
    await world.time.sleep(SWEEP_EVERY_MS, signal).catch(() => undefined);
  }
}

/** Cancels runs that sleep, and waits until every run has ended and its event was sent. */
async function settle(world: World, asked: readonly AskedRun[]): Promise<void> {
  for (let sweeps = 0; sweeps < SETTLING_SWEEPS; sweeps += 1) {
    await world.time.sleep(SWEEP_EVERY_MS);
    const open = asked.filter(({ runId }) => isOpen(world, runId));
    if (open.length === 0) break;
    const sleepers = open.filter(({ plan }) => plan.does === 'sleeps');
    for (const { runId } of sleepers) await cancel(world, runId);
  }
  await world.time.sleep(DELIVERY_MS);
}

function isOpen(world: World, runId: string): boolean {
  const record = world.record(runId);
  if (record === undefined) return world.executions.has(runId);
  return !isTerminal(record.status) || record.announcedAt === undefined;
}

function factsOf(world: World) {
  return {
    records: async () => world.records(),
    events: async () => [...world.changes],
    builds: async () => world.builds.all(),
    locks: async () => world.locks(),
    refusals: async () => [...world.refusals],
    versions: () => storedVersions({ s3: world.client(S3Client, 's3'), bucket: 'bucket' }),
    hasExecution: async (runId: string) => world.executions.has(runId),
    valueOf: async (runId: string) => {
      const { outputKey, result: digest } = world.record(runId) ?? {};
      if (outputKey === undefined || digest === undefined) return 'missing';
      const files = { s3: world.client(S3Client, 's3'), bucket: 'bucket' };
      const result = await readResult({ outputKey, result: digest }, files, parseResultText);
      return result.found === 'value' ? result.value : result.found;
    },
  };
}

interface Ended {
  readonly seed: number;
  readonly asked: readonly AskedRun[];
  readonly breaches: readonly Breach[];
}

function reportOf(world: World, { seed, asked, breaches }: Ended): SoakReport {
  const records = world.records();
  const endOf = ({ status, failure }: (typeof records)[number]) =>
    failure === undefined ? status : `${status} ${failure.code}`;
  return {
    seed,
    runs: asked.length,
    accepted: asked.filter(({ acknowledged }) => acknowledged).length,
    ofTargets: records.filter(({ published }) => published !== undefined).length,
    maps: {},
    ends: Object.fromEntries([...groupBy(records, endOf)].map(([end, ended]) => [end, ended.length])),
    faults: world.network.faults,
    throttled: world.network.throttled,
    givenUp: describeGivenUp(records),
    breaches,
  };
}
