import { setTimeout as sleep } from 'node:timers/promises';

import { TooManyRequestsException } from '@aws-sdk/client-lambda';

import { seedkit, type Seedkit } from '../../client/index.js';
import { isTerminal, type RunRecord, seedkitNames } from '../../lib/contract/index.js';
import { startLocalPlace, type Intercept, type QuotasOption } from '../../lib/local/index.js';
import { randomFaults } from './faults.js';
import { groupBy } from './group-by.js';
import { type AskedRun, type Breach, breachesOf, type EndsWatch, watchEnds } from './invariants.js';
import { countThrottles } from './count-throttles.js';
import { openObserver, type Observer } from './observer.js';
import { ask, randomPlans, type RunPlan } from './run-plans.js';

export interface SoakOptions {
  /** Folder of the seedkit's cloud assembly. */
  readonly assemblyFolder: string;
  /** Name of the seedkit in the assembly. */
  readonly seedkit: string;
  /** The plans of the runs, or the number of random plans. */
  readonly runs: number | readonly RunPlan[];
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
/** Delay before the cancel of a run that sleeps. */
const SLEEPER_CANCELED_AFTER_MS = 3_000;
const SETTLING_MS = 8 * 60_000;
const DELIVERY_MS = 60_000;
const LOOK_EVERY_MS = 1_000;
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
  const place = await startLocalPlace({
    buildConcurrency: BUILD_CONCURRENCY,
    quotas: options.quotas ?? 'none',
    intercept,
  });
  Object.assign(process.env, place.environment());
  try {
    const [stack] = await place.deploy(options.assemblyFolder);
    const outputs = stack?.outputs ?? {};
    const eventBus = outputs['EventBus'] ?? '';
    const observer = await openObserver({
      runTable: outputs['RunTable'] ?? '',
      lockTable: seedkitNames.lockTable(options.seedkit),
      eventBus,
      stateMachineArn: outputs['StateMachineArn'] ?? '',
      reconcileFunction: seedkitNames.handler(options.seedkit, 'reconcile-run'),
      wakeFunction: seedkitNames.handler(options.seedkit, 'wake-run'),
      account: place.account,
      region: place.region,
    });
    const kit = seedkit(options.seedkit);
    const ends = watchEnds();
    const watching = watch(observer, ends, options.faultShare !== 0);
    faults.arm(true);
    const asked = await serveCustomers(options, { kit, observer, eventBus });
    faults.arm(false);
    options.onProgress?.('the faults are over; waiting for what goes on');
    await settle(asked, options.settlingMs ?? SETTLING_MS, { kit, observer });
    const facts = { ...observer, valueOf: async (runId: string) => (await kit.attach(runId)).result() };
    const lasting = await lastingBreaches(options.deliveryMs ?? DELIVERY_MS, async () => {
      const found = await breachesOf(asked, facts);
      // Calls `reconcile-run` again, because a build with a lock may have ended after the last call.
      if (found.some(({ kind }) => kind === 'lock left')) await observer.sweep().catch(ifThrottled);
      return found;
    });
    await watching.end();
    const breaches = [...ends.breaches, ...lasting];
    const records = await observer.records();
    return {
      seed: options.seed,
      runs: asked.length,
      accepted: asked.filter(({ acknowledged }) => acknowledged).length,
      ends: Object.fromEntries([...groupBy(records, endOf)].map(([end, ended]) => [end, ended.length])),
      faults: faults.counts(),
      throttled: throttles.counts,
      givenUp: records.flatMap(({ runId, failure }) =>
        failure?.code === 'ControlPlaneError' ? [`${runId}: ${failure.message}`] : [],
      ),
      breaches,
    };
  } finally {
    await place.close();
  }
}

const passOn: Intercept = (_call, proceed) => proceed();
const endOf = ({ status, failure }: { status: string; failure?: { code: string } | undefined }) =>
  failure === undefined ? status : `${status} ${failure.code}`;

interface Parts {
  readonly kit: Seedkit;
  readonly observer: Observer;
  readonly eventBus: string;
}

async function serveCustomers(
  { seed, runs, customers = CUSTOMERS, patienceMs = PATIENCE_MS, onProgress }: SoakOptions,
  { kit, observer, eventBus }: Parts,
): Promise<AskedRun[]> {
  const plans = [...(typeof runs === 'number' ? randomPlans(seed, runs) : runs).entries()];
  const asked: AskedRun[] = [];
  const serve = async () => {
    for (let next = plans.shift(); next !== undefined; next = plans.shift()) {
      const [number, plan] = next;
      const runId = `soak-${seed}-${number}`;
      const over = new AbortController();
      const canceling = cancelLater(plan, runId, kit, over.signal);
      const acknowledged = await ask(plan, runId, kit, eventBus);
      asked.push({ runId, plan, acknowledged });
      if (asked.length % 100 === 0) onProgress?.(`${asked.length} runs`);
      await untilOver(runId, observer, acknowledged ? patienceMs : 2 * LOOK_EVERY_MS);
      over.abort();
      await canceling;
    }
  };
  await Promise.all(Array.from({ length: customers }, serve));
  return asked;
}

/**
 * Cancels a run after some time. A failed cancel is repeated until the run has ended, because the build of a run that
 * sleeps would go on.
 */
async function cancelLater(plan: RunPlan, runId: string, kit: Seedkit, over: AbortSignal): Promise<void> {
  const afterMs = plan.canceledAfterMs ?? (plan.does === 'sleeps' ? SLEEPER_CANCELED_AFTER_MS : null);
  if (afterMs === null) return;
  await sleep(afterMs);
  while (!(await cancel(runId, kit)) && !over.aborted) await sleep(LOOK_EVERY_MS);
}

/**
 * Cancels a run.
 * @returns whether the cancel was accepted. If not, the run may not exist, may have ended, or the call failed at
 *   random.
 */
async function cancel(runId: string, kit: Seedkit): Promise<boolean> {
  try {
    await (await kit.attach(runId)).cancel('The soak has no use for it.');
    return true;
  } catch {
    return false;
  }
}

async function untilOver(runId: string, observer: Observer, limitMs: number): Promise<void> {
  const deadline = Date.now() + limitMs;
  while (Date.now() < deadline) {
    const record = await observer.record(runId);
    // The machine records an end before it sends the event. A run whose event was sent although it has no end is
    // broken, so waiting would not help.
    if (record !== undefined && (isTerminal(record.status) || record.announcedAt !== undefined)) return;
    await sleep(LOOK_EVERY_MS / 2);
  }
}

/** Cancels runs that sleep, and calls `reconcile-run` until every run has ended and its event was sent. */
async function settle(
  asked: readonly AskedRun[],
  limitMs: number,
  { kit, observer }: Pick<Parts, 'kit' | 'observer'>,
): Promise<void> {
  const deadline = Date.now() + limitMs;
  const sleepers = asked.filter(({ plan }) => plan.does === 'sleeps');
  while (Date.now() < deadline) {
    const records = await observer.records();
    const open = new Set(
      records.filter(({ announcedAt }) => announcedAt === undefined).map(({ runId }) => runId),
    );
    const missing = asked.filter(({ runId }) => !records.some((record) => record.runId === runId));
    const unrecorded = await Promise.all(missing.map(({ runId }) => observer.hasExecution(runId)));
    if (open.size === 0 && !unrecorded.includes(true)) break;
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
