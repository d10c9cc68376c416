import { setTimeout as sleep } from 'node:timers/promises';

import { seedkit, type Seedkit } from '../../client/index.js';
import { isTerminal, seedkitNames } from '../../lib/contract/index.js';
import { startLocalPlace, type Intercept } from '../../lib/local/index.js';
import { randomFaults } from './faults.js';
import { groupBy } from './group-by.js';
import { type AskedRun, breachesOf, watchEnds, type EndsWatch } from './invariants.js';
import { openObserver, type Observer } from './observer.js';
import { ask, randomPlans, type RunPlan } from './run-plans.js';

export interface SoakOptions {
  /** The cloud assembly of the seedkit. */
  readonly assemblyFolder: string;
  /** The seedkit's name there. */
  readonly seedkit: string;
  /** What the runs do, or how many random ones there are. */
  readonly runs: number | readonly RunPlan[];
  /** Makes the same runs, and the same faults in the same order; which call meets which is up to the machine. */
  readonly seed: number;
  /** Share of the calls that something befalls, 0 to 1. @default 0.04 */
  readonly faultShare?: number;
  /** Stands behind the faults. @default every call is passed on */
  readonly intercept?: Intercept;
  /** A customer goes on without a run that takes longer. @default 45 seconds */
  readonly patienceMs?: number;
  /** How long runs may go on when the faults are over. @default 8 minutes: retries wait up to one each */
  readonly settlingMs?: number;
  readonly onProgress?: (line: string) => void;
}

export interface SoakReport {
  readonly seed: number;
  readonly runs: number;
  readonly accepted: number;
  /** How many runs ended in which way. */
  readonly ends: Readonly<Record<string, number>>;
  readonly faults: Readonly<Record<string, number>>;
  /** What the control plane gave up on, by run. */
  readonly givenUp: readonly string[];
  readonly breaches: readonly string[];
}

/** As many ask for runs at the same time, each waiting for one before the next. */
const CUSTOMERS = 12;
const BUILD_CONCURRENCY = 6;
const PATIENCE_MS = 45_000;
/** Nobody waits for a sleeping run. */
const SLEEPER_CANCELED_AFTER_MS = 3_000;
const SETTLING_MS = 8 * 60_000;
const LOOK_EVERY_MS = 1_000;

/**
 * Runs many runs in a local place while calls between all its parts fail at random, and looks whether each came to one
 * end that was recorded, announced and true.
 */
export async function soak(options: SoakOptions): Promise<SoakReport> {
  const faults = randomFaults({ seed: options.seed, share: options.faultShare ?? 0.04 });
  const intercept: Intercept = (call, proceed) =>
    faults.intercept(call, () => (options.intercept ?? passOn)(call, proceed));
  const place = await startLocalPlace({ buildConcurrency: BUILD_CONCURRENCY, intercept });
  Object.assign(process.env, place.environment());
  try {
    const [stack] = await place.deploy(options.assemblyFolder);
    const outputs = stack?.outputs ?? {};
    const eventBus = outputs['EventBus'] ?? '';
    const observer = await openObserver({
      runTable: outputs['RunTable'] ?? '',
      eventBus,
      stateMachineArn: outputs['StateMachineArn'] ?? '',
      reconcileFunction: seedkitNames.handler(options.seedkit, 'reconcile-run'),
      account: place.account,
      region: place.region,
    });
    const kit = seedkit(options.seedkit);
    const ends = watchEnds();
    const watching = watch(observer, ends);
    faults.arm(true);
    const asked = await serveCustomers(options, { kit, observer, eventBus });
    faults.arm(false);
    options.onProgress?.('the faults are over; waiting for what goes on');
    await settle(asked, options.settlingMs ?? SETTLING_MS, { kit, observer });
    await watching.end();
    const breaches = [...ends.breaches, ...(await breachesOf(asked, { observer, kit }))];
    const records = await observer.records();
    return {
      seed: options.seed,
      runs: asked.length,
      accepted: asked.filter(({ acknowledged }) => acknowledged).length,
      ends: Object.fromEntries([...groupBy(records, endOf)].map(([end, ended]) => [end, ended.length])),
      faults: faults.counts(),
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
  { seed, runs, patienceMs = PATIENCE_MS, onProgress }: SoakOptions,
  { kit, observer, eventBus }: Parts,
): Promise<AskedRun[]> {
  const plans = [...(typeof runs === 'number' ? randomPlans(seed, runs) : runs).entries()];
  const asked: AskedRun[] = [];
  const serve = async () => {
    for (let next = plans.shift(); next !== undefined; next = plans.shift()) {
      const [number, plan] = next;
      const runId = `soak-${seed}-${number}`;
      const canceling = cancelLater(plan, runId, kit);
      const acknowledged = await ask(plan, runId, kit, eventBus);
      asked.push({ runId, plan, acknowledged });
      if (asked.length % 100 === 0) onProgress?.(`${asked.length} runs`);
      await untilOver(runId, observer, acknowledged ? patienceMs : 2 * LOOK_EVERY_MS);
      await canceling;
    }
  };
  await Promise.all(Array.from({ length: CUSTOMERS }, serve));
  return asked;
}

async function cancelLater(plan: RunPlan, runId: string, kit: Seedkit): Promise<void> {
  const afterMs = plan.canceledAfterMs ?? (plan.does === 'sleeps' ? SLEEPER_CANCELED_AFTER_MS : null);
  if (afterMs === null) return;
  await sleep(afterMs);
  await cancel(runId, kit);
}

/** A cancel that fails is tried again when the faults are over. */
async function cancel(runId: string, kit: Seedkit): Promise<void> {
  try {
    await (await kit.attach(runId)).cancel('The soak has no use for it.');
  } catch {
    // It was never there, is over, or a fault befell the call.
  }
}

async function untilOver(runId: string, observer: Observer, limitMs: number): Promise<void> {
  const deadline = Date.now() + limitMs;
  while (Date.now() < deadline) {
    const record = await observer.record(runId);
    if (record !== undefined && isTerminal(record.status)) return;
    await sleep(LOOK_EVERY_MS / 2);
  }
}

/** Cancels what sleeps, and lets the sweep have its turns until every run is over and announced. */
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
    await observer.sweep();
    await sleep(2 * LOOK_EVERY_MS);
  }
  // What was accepted before the faults ended may still be on its way to the rule's target, or to start-run.
  await sleep(3 * LOOK_EVERY_MS);
}

function watch(observer: Observer, ends: EndsWatch): { end(): Promise<void> } {
  const over = new AbortController();
  const watching = (async () => {
    while (!over.signal.aborted) {
      ends.look(await observer.records());
      await sleep(LOOK_EVERY_MS);
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
