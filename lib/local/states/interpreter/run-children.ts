import { randomUUID } from 'node:crypto';
import { setMaxListeners } from 'node:events';

import { sleepUntil } from '../../clock.js';
import type { Batch } from './batch-items.js';
import type { Execution } from './execution.js';
import type { MapResults } from './map-results.js';
import type { ChildInput, MapRun, MapRunLimits } from './map-run.js';
import { SiblingFailed } from './run-together.js';
import { StateError, TOLERATED_FAILURES_EXCEEDED } from './state-error.js';

/** Maximum number of children at the same time: without a MaxConcurrency in the state, and with one. */
const CHILDREN_DEFAULT = 1_000;
const CHILDREN_MAX = 10_000;

interface Children {
  readonly inputs: AsyncIterable<Batch>;
  /** Number of all items. */
  readonly total: number;
  readonly results: MapResults;
}

/**
 * Runs all children of a map run. Only the inputs of running children are in memory.
 * @returns the result of the Map state
 * @throws StateError `States.ExceedToleratedFailureThreshold`
 */
export async function runChildren(
  execution: Execution,
  run: MapRun,
  { inputs, total, results }: Children,
): Promise<unknown> {
  const over = new AbortController();
  const signal = AbortSignal.any([execution.signal, over.signal]);
  setMaxListeners(0, signal);
  let failure: { readonly error: unknown } | undefined;
  const fail = (error: unknown) => {
    failure ??= { error };
    over.abort(new SiblingFailed());
  };
  const slots = new Slots(() => concurrencyOf(run.limits()));
  run.onUpdate(() => slots.wake());
  signal.addEventListener('abort', () => slots.wake());
  let failedItems = 0;
  const runOne = async (child: ChildInput, index: number) => {
    const end = await run.runChild(child, signal);
    await results.add(end, index);
    run.written(child);
    if (end.status === 'SUCCEEDED' || signal.aborted) return;
    failedItems += child.itemCount;
    if (isTolerated(failedItems, total, run.limits())) return;
    fail(
      new StateError(TOLERATED_FAILURES_EXCEEDED, 'The specified tolerated failure threshold was exceeded'),
    );
  };
  let started = 0;
  try {
    for await (const batch of inputs) {
      const child = { name: randomUUID(), ...batch };
      await slots.free(signal);
      await delayStart(execution, run, signal);
      if (!signal.aborted) {
        slots.occupy(runOne(child, started).catch(fail));
        started += 1;
      } else if (results.hasPending) await results.add(run.pending(child), started);
      else break;
    }
    if (!signal.aborted) run.expect(total, started);
  } catch (error) {
    fail(error);
  }
  await slots.empty();
  return endResults(execution, results, failure);
}

/** Completes and returns the results. For a failed map run, completes them and throws its error. */
async function endResults(
  { signal }: Execution,
  results: MapResults,
  failure: { readonly error: unknown } | undefined,
): Promise<unknown> {
  const result = results.finish();
  if (failure === undefined && !signal.aborted) return result;
  await result.catch(() => undefined);
  signal.throwIfAborted();
  throw failure?.error;
}

/**
 * Waits until the quotas allow the start of a child. The start counts as a state transition.
 * @see https://aws.amazon.com/step-functions/pricing/
 */
async function delayStart(execution: Execution, run: MapRun, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  const { clock } = execution;
  const delayMs = Math.max(execution.transitionDelayMs(), run.startDelayMs());
  await sleepUntil(clock, clock.now() + delayMs, signal).catch(() => undefined);
}

function concurrencyOf({ maxConcurrency }: MapRunLimits): number {
  return Math.min(maxConcurrency || CHILDREN_DEFAULT, CHILDREN_MAX);
}

/** @see https://docs.aws.amazon.com/step-functions/latest/dg/state-map-distributed.html#maprun-fail-threshold */
function isTolerated(failed: number, total: number, limits: MapRunLimits): boolean {
  const { toleratedFailureCount: count, toleratedFailurePercentage: percentage } = limits;
  if (count === undefined && percentage === undefined) return failed === 0;
  return failed <= (count ?? Infinity) && (failed * 100) / total <= (percentage ?? 100);
}

/** Limits the number of children that run at the same time. */
class Slots {
  private readonly limit: () => number;
  private readonly running = new Set<Promise<void>>();
  private waiting: (() => void) | undefined;

  constructor(limit: () => number) {
    this.limit = limit;
  }

  /** Resolves when the number of running children is below the limit, or when the signal aborts. */
  async free(signal: AbortSignal): Promise<void> {
    while (this.running.size >= this.limit() && !signal.aborted) {
      await new Promise<void>((resolve) => {
        this.waiting = resolve;
      });
    }
  }

  occupy(work: Promise<void>): void {
    const slot: Promise<void> = work.finally(() => {
      this.running.delete(slot);
      this.wake();
    });
    this.running.add(slot);
  }

  /** Makes `free` check again, after the number or the limit changed. */
  wake(): void {
    this.waiting?.();
  }

  /** Resolves when all children have ended. */
  async empty(): Promise<void> {
    await Promise.all(this.running);
  }
}
