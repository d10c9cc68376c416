import { randomUUID } from 'node:crypto';
import { setMaxListeners } from 'node:events';

import { sleepUntil } from '../../clock.js';
import type { Batch } from './batch-items.js';
import type { Execution } from './execution.js';
import type { MapResults } from './map-results.js';
import type { ChildInput, MapRun, MapRunLimits } from './map-run.js';
import { SiblingFailed } from './run-together.js';
import { StateError, TOLERATED_FAILURES_EXCEEDED } from './state-error.js';

/**
 * Maximum number of child executions that run at the same time. The first applies if the state has no MaxConcurrency.
 */
const CHILDREN_DEFAULT = 1_000;
const CHILDREN_MAX = 10_000;

interface Children {
  readonly inputs: AsyncIterable<Batch>;
  /** Number of items in all inputs. */
  readonly total: number;
  readonly results: MapResults;
}

/**
 * Runs all child executions of a map run. Keeps only the inputs of running children in memory.
 * @returns the result of the Map state
 * @throws StateError `States.ExceedToleratedFailureThreshold`, or the error of an input or of the results
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

/** Completes the results. Returns them, or throws the error if the map run failed. */
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
 * Waits until the quotas allow the start of a child execution. The start counts as a state transition, too.
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

/**
 * Returns whether a map run continues with this number of failed items.
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/state-map-distributed.html#maprun-fail-threshold
 */
function isTolerated(failed: number, total: number, limits: MapRunLimits): boolean {
  const { toleratedFailureCount: count, toleratedFailurePercentage: percentage } = limits;
  if (count === undefined && percentage === undefined) return failed === 0;
  return failed <= (count ?? Infinity) && (failed * 100) / total <= (percentage ?? 100);
}

/** Limits the number of child executions that run at the same time. */
class Slots {
  private readonly limit: () => number;
  private readonly running = new Set<Promise<void>>();
  private waiting: (() => void) | undefined;

  constructor(limit: () => number) {
    this.limit = limit;
  }

  /** Resolves when fewer children are running than the limit allows, or when the signal aborts. */
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

  /** Makes `free` check again. Called after a child has ended or the limit was changed. */
  wake(): void {
    this.waiting?.();
  }

  /** Resolves when no child is running. */
  async empty(): Promise<void> {
    await Promise.all(this.running);
  }
}
