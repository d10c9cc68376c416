import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { TooManyRequestsException } from '@aws-sdk/client-lambda';

import { seedkit } from '../../client/index.js';
import { type RunRecord, seedkitNames } from '../../lib/contract/index.js';
import { type LocalAws, startLocalAws, type Intercept, type QuotasOption } from '../../lib/local/index.js';
import { type Faults, randomFaults } from './faults.js';
import { groupBy } from './group-by.js';
import { type Breach, breachesOf, describeGivenUp, type EndsWatch, watchEnds } from './invariants.js';
import { countThrottles } from './count-throttles.js';
import { heldLockBreaches, readLockReports } from './held-locks.js';
import { mapBreaches, runsOfMap } from './map-invariants.js';
import { type MapPlan, randomMapPlans } from './map-plans.js';
import { findMaps } from './serve-map.js';
import { openObserver, type Observer } from './observer.js';
import { LOCK_REPORTS_VARIABLE } from './planned-commands.js';
import { openPublisher } from './publisher.js';
import { randomPlans, type RunPlan } from './run-plans.js';
import {
  type Asked,
  cancel,
  LOOK_EVERY_MS,
  type Parts,
  type Plans,
  serveCustomers,
} from './serve-customers.js';
import { versionBreaches } from './target-invariants.js';

export interface SoakOptions {
  /** Folder of the seedkit's cloud assembly. */
  readonly assemblyFolder: string;
  /** Name of the seedkit in the assembly. */
  readonly seedkit: string;
  /** The plans of the runs, or the number of random plans. */
  readonly runs: number | readonly RunPlan[];
  /** The maps. @default one random map for every 25 random runs */
  readonly maps?: readonly MapPlan[];
  /** Seed of the random runs and faults. Which call gets a fault still depends on timing. */
  readonly seed: number;
  /** Share of calls with a fault, 0 to 1. @default 0.04 */
  readonly faultShare?: number;
  /** Request rates of the local AWS. @default 'none' */
  readonly quotas?: QuotasOption;
  /** Number of customers. Each requests a run, waits for it and requests the next. @default 12 */
  readonly customers?: number;
  /** Intercepts calls that have no fault. @default makes every call */
  readonly intercept?: Intercept;
  /** Maximum time for which a customer waits for one run, in milliseconds. @default 45 seconds */
  readonly patienceMs?: number;
  /**
   * Maximum time for runs to end after the faults were switched off, in milliseconds.
   * @default 8 minutes, because a retry waits up to one minute
   */
  readonly settlingMs?: number;
  /** Maximum time until an accepted event reaches its targets, in milliseconds. @default 1 minute */
  readonly deliveryMs?: number;
  readonly onProgress?: (line: string) => void;
}

export interface SoakReport {
  readonly seed: number;
  readonly runs: number;
  readonly accepted: number;
  /** Number of runs of published targets that started. */
  readonly ofTargets: number;
  /** Number of maps by status. */
  readonly maps: Readonly<Record<string, number>>;
  /** Number of runs by status and failure code. */
  readonly ends: Readonly<Record<string, number>>;
  readonly faults: Readonly<Record<string, number>>;
  /** Number of calls that were refused because of quotas, by operation. */
  readonly throttled: Readonly<Record<string, number>>;
  /** Messages of the runs that ended with a ControlPlaneError. */
  readonly givenUp: readonly string[];
  readonly breaches: readonly Breach[];
}

const CUSTOMERS = 12;
const BUILD_CONCURRENCY = 6;
const PATIENCE_MS = 45_000;
const SETTLING_MS = 8 * 60_000;
const DELIVERY_MS = 60_000;
/** Share of the running builds for which an early end event is sent each time the records are read. */
const EARLY_SHARE = 0.1;

/**
 * Runs many runs in a local AWS while calls between its services fail at random. Checks that each run has exactly one
 * end, which is recorded, sent as an event, and agrees with its build.
 */
export async function soak(options: SoakOptions): Promise<SoakReport> {
  const faults = randomFaults({ seed: options.seed, share: options.faultShare ?? 0.04 });
  const throttles = countThrottles();
  const intercept: Intercept = (call, proceed) =>
    faults.intercept(call, () =>
      throttles.intercept(call, () => (options.intercept ?? passOn)(call, proceed)),
    );
  const reports = await mkdtemp(path.join(tmpdir(), 'codeseeder-soak-'));
  const before = { ...process.env };
  // Of the temporary folder, builds see only folders in PATH.
  process.env['PATH'] = [process.env['PATH'], reports].join(path.delimiter);
  process.env[LOCK_REPORTS_VARIABLE] = reports;
  try {
    const place = await startLocalAws({
      buildConcurrency: BUILD_CONCURRENCY,
      quotas: options.quotas ?? 'none',
      intercept,
    });
    Object.assign(process.env, place.environment());
    try {
      const found = await soakIn(place, options, faults, reports);
      return { ...found, seed: options.seed, faults: faults.counts(), throttled: throttles.counts };
    } finally {
      await place.close();
    }
  } finally {
    process.env = before;
    await rm(reports, { recursive: true, force: true });
  }
}

type Found = Omit<SoakReport, 'seed' | 'faults' | 'throttled'>;

async function soakIn(
  place: LocalAws,
  options: SoakOptions,
  faults: Faults,
  reports: string,
): Promise<Found> {
  const [stack] = await place.deploy(options.assemblyFolder);
  const outputs = stack?.outputs ?? {};
  const parts = await openParts(place, options.seedkit, outputs);
  const { kit, observer } = parts;
  const plans = plansOf(options);
  const actions = new Set(plans.runs.flatMap(({ target, does }) => (target ? [does] : [])));
  const publisher = await openPublisher(kit, [...actions]);
  const ends = watchEnds();
  const watching = watch(observer, ends, options.faultShare !== 0);
  const { customers = CUSTOMERS, patienceMs = PATIENCE_MS, onProgress } = options;
  faults.arm(true);
  const asked = await serveCustomers(plans, { ...parts, publisher }, { customers, patienceMs, onProgress });
  faults.arm(false);
  onProgress?.('the faults are over; waiting for what goes on');
  await settle(asked, options.settlingMs ?? SETTLING_MS, { kit, observer });
  const lasting = await lastingBreaches(options.deliveryMs ?? DELIVERY_MS, async () => {
    const found = await allBreaches(asked, { ...parts, publisher }, reports);
    // Calls `reconcile-run` again, because a build with a lock may have ended after the last call.
    if (found.some(({ kind }) => kind === 'lock left')) await observer.sweep().catch(ifThrottled);
    return found;
  });
  await watching.end();
  const [records, maps] = [await observer.records(), await observer.maps()];
  return {
    runs: asked.runs.length,
    accepted: asked.runs.filter(({ acknowledged }) => acknowledged).length,
    ofTargets: records.filter(({ published }) => published !== undefined).length,
    maps: counts(maps, ({ status }) => status),
    ends: counts(records, endOf),
    givenUp: describeGivenUp(records),
    breaches: [...ends.breaches, ...lasting],
  };
}

function plansOf({ seed, runs, maps }: SoakOptions): Plans {
  if (typeof runs !== 'number') return { seed, runs, maps: maps ?? [] };
  return { seed, runs: randomPlans(seed, runs), maps: maps ?? randomMapPlans(seed, runs) };
}

async function openParts(
  { account, region }: LocalAws,
  name: string,
  outputs: Readonly<Record<string, string>>,
): Promise<Omit<Parts, 'publisher'>> {
  const [eventBus, bucket] = [outputs['EventBus'] ?? '', outputs['Bucket'] ?? ''];
  const observer = await openObserver({
    runTable: outputs['RunTable'] ?? '',
    lockTable: seedkitNames.lockTable(name),
    bucket,
    eventBus,
    stateMachineArn: outputs['StateMachineArn'] ?? '',
    reconcileFunction: seedkitNames.handler(name, 'reconcile-run'),
    wakeFunction: seedkitNames.handler(name, 'wake-run'),
    account,
    region,
  });
  return { kit: seedkit(name), observer, eventBus, bucket };
}

/**
 * Checks all invariants: of runs, among them those of maps, of maps, of published versions, and of locks as builds saw
 * them.
 */
async function allBreaches(
  asked: Asked,
  { kit, observer, publisher }: Parts,
  reports: string,
): Promise<Breach[]> {
  const records = new Map((await observer.records()).map((record) => [record.runId, record]));
  const maps = await findMaps(observer, kit);
  const runsOfMaps = maps.flatMap((map) => {
    const plan = asked.maps.find(({ name }) => name === map.record.name);
    return plan === undefined ? [] : runsOfMap(map, plan, records);
  });
  const facts = { ...observer, valueOf: async (runId: string) => (await kit.attach(runId)).result() };
  return [
    ...(await breachesOf([...asked.runs, ...runsOfMaps], facts)),
    ...mapBreaches(asked.maps, maps, records),
    ...versionBreaches(publisher.acknowledged, await observer.versions()),
    ...heldLockBreaches(await readLockReports(reports), await observer.builds()),
  ];
}

function counts<Item>(items: readonly Item[], keyOf: (item: Item) => string): Record<string, number> {
  return Object.fromEntries([...groupBy(items, keyOf)].map(([key, group]) => [key, group.length]));
}

const passOn: Intercept = (_call, proceed) => proceed();
const endOf = ({ status, failure }: { status: string; failure?: { code: string } | undefined }) =>
  failure === undefined ? status : `${status} ${failure.code}`;

/** Cancels runs that sleep, and calls `reconcile-run` until every run and map has ended and its event was sent. */
async function settle(
  asked: Asked,
  limitMs: number,
  { kit, observer }: Pick<Parts, 'kit' | 'observer'>,
): Promise<void> {
  const deadline = Date.now() + limitMs;
  const sleepers = asked.runs.filter(({ plan }) => plan.does === 'sleeps');
  while (Date.now() < deadline) {
    const records = await observer.records();
    const open = new Set(
      records.filter(({ announcedAt }) => announcedAt === undefined).map(({ runId }) => runId),
    );
    const missing = asked.runs.filter(({ runId }) => !records.some((record) => record.runId === runId));
    const unrecorded = await Promise.all(missing.map(({ runId }) => observer.hasExecution(runId)));
    const isMapOpen = (await observer.maps()).some(({ status }) => status === 'RUNNING');
    if (open.size === 0 && !isMapOpen && !unrecorded.includes(true)) break;
    await Promise.all(sleepers.filter(({ runId }) => open.has(runId)).map(({ runId }) => cancel(runId, kit)));
    // A call that the quotas refuse is repeated in the next round.
    await observer.sweep().catch(ifThrottled);
    await sleep(2 * LOOK_EVERY_MS);
  }
}

function ifThrottled(error: unknown): void {
  if (!(error instanceof TooManyRequestsException)) throw error;
}

/**
 * Checks until there is no breach or the time is over, because events may not have reached the rule's target or
 * start-run yet.
 */
async function lastingBreaches(limitMs: number, check: () => Promise<Breach[]>): Promise<Breach[]> {
  const deadline = Date.now() + limitMs;
  for (;;) {
    const breaches = await check();
    if (breaches.length === 0 || Date.now() >= deadline) return breaches;
    await sleep(LOOK_EVERY_MS);
  }
}

/** Sends an end event for some builds that are still running. */
async function wakeEarly(records: readonly RunRecord[], observer: Observer): Promise<void> {
  for (const { status, buildId } of records) {
    if (status === 'BUILDING' && buildId !== undefined && Math.random() < EARLY_SHARE)
      await observer.wake(buildId);
  }
}

function watch(observer: Observer, ends: EndsWatch, withEarlyEvents: boolean): { end(): Promise<void> } {
  const over = new AbortController();
  const watching = (async () => {
    while (!over.signal.aborted) {
      const lookedAt = performance.now();
      const records = await observer.records();
      ends.look(records);
      if (withEarlyEvents) await wakeEarly(records, observer);
      // Reading takes longer with more runs. This pause limits it to a tenth of the time.
      await sleep(Math.max(LOOK_EVERY_MS, 9 * (performance.now() - lookedAt)));
    }
  })();
  return {
    async end() {
      over.abort();
      await watching;
      ends.look(await observer.records());
    },
  };
}
