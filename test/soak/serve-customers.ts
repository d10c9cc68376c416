import { setTimeout as sleep } from 'node:timers/promises';

import type { Seedkit } from '../../client/index.js';
import { isTerminal } from '../../lib/contract/index.js';
import type { AskedRun } from './invariants.js';
import type { AskedMap } from './map-invariants.js';
import { type MapPlan, RUNS_OF_MAP } from './map-plans.js';
import type { Observer } from './observer.js';
import type { Publisher } from './publisher.js';
import { ask, type RunPlan } from './run-plans.js';
import { serveMap } from './serve-map.js';
import { targetName } from './target-plans.js';

export interface Plans {
  readonly seed: number;
  readonly runs: readonly RunPlan[];
  /** Maps. One is started after every 25 runs. */
  readonly maps: readonly MapPlan[];
}

export interface Parts {
  readonly kit: Seedkit;
  readonly observer: Observer;
  readonly publisher: Publisher;
  readonly eventBus: string;
  readonly bucket: string;
}

export interface Patience {
  readonly customers: number;
  /** Longest time that a customer waits for one run, in milliseconds. */
  readonly patienceMs: number;
  readonly onProgress?: ((line: string) => void) | undefined;
}

/** What customers requested. */
export interface Asked {
  readonly runs: AskedRun[];
  readonly maps: AskedMap[];
}

/** Delay before the cancel of a run that sleeps. */
const SLEEPER_CANCELED_AFTER_MS = 3_000;
export const LOOK_EVERY_MS = 1_000;
/** Runs after which further versions of all targets are published. */
const RUNS_OF_PUBLICATION = 200;

/**
 * Requests runs and maps, as many customers do at the same time. Each waits for its run or map and requests the next.
 */
export async function serveCustomers(
  { seed, runs, maps }: Plans,
  parts: Parts,
  { customers, patienceMs, onProgress }: Patience,
): Promise<Asked> {
  const waiting = [...runs.entries()];
  const asked: Asked = { runs: [], maps: [] };
  const serveMaps = async (number: number) => {
    const plan = maps[number / RUNS_OF_MAP];
    if (plan === undefined) return;
    // A map has several runs.
    asked.maps.push(await serveMap(plan, `soak-${seed}-map-${number}`, parts.kit, 2 * patienceMs));
  };
  const serve = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [number, plan] = next;
      asked.runs.push(await serveRun(plan, `soak-${seed}-${number}`, parts, patienceMs));
      if (asked.runs.length % 100 === 0) onProgress?.(`${asked.runs.length} runs`);
      if (asked.runs.length % RUNS_OF_PUBLICATION === 0) await parts.publisher.publish();
      await serveMaps(number);
    }
  };
  await Promise.all(Array.from({ length: customers }, serve));
  return asked;
}

async function serveRun(plan: RunPlan, runId: string, parts: Parts, patienceMs: number): Promise<AskedRun> {
  const { kit, observer, publisher } = parts;
  const over = new AbortController();
  const canceling = cancelLater(plan, runId, kit, over.signal);
  const newestBefore = plan.target ? publisher.newest(targetName(plan.does)) : 0;
  const acknowledged = await ask(plan, runId, kit, parts);
  const isRefused = plan.target?.chosen === 'missing';
  await untilOver(runId, observer, acknowledged && !isRefused ? patienceMs : 2 * LOOK_EVERY_MS);
  over.abort();
  await canceling;
  return { runId, plan, acknowledged, newestBefore };
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
export async function cancel(runId: string, kit: Seedkit): Promise<boolean> {
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
