import type { Clock } from '../../../lib/local/clock.js';

/**
 * When a turn of the event loop takes longer than this, an evaluation of an expression may be running. Half of the time
 * after which an evaluation lets other code run.
 */
const LONG_TURN_MS = 10;

interface Sleeper {
  readonly atMs: number;
  wake: (() => void) | undefined;
}

/**
 * A clock for thousands of sleepers. When all code waits, the clock moves to the time at which the next sleeper wakes,
 * so that hours pass in a second.
 */
export class VirtualTime implements Clock {
  #nowMs: number;
  /** Latest first. A sleeper without `wake` was aborted. */
  readonly #sleepers: Sleeper[] = [];
  #isMoving = false;
  #isStopped = false;

  /** @param startMs initial time, in milliseconds since the epoch */
  constructor(startMs: number) {
    this.#nowMs = startMs;
  }

  now(): number {
    return this.#nowMs;
  }

  /** Stops the clock. Code that still sleeps never continues. */
  stop(): void {
    this.#isStopped = true;
    this.#sleepers.length = 0;
  }

  sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted === true) return reject(signal.reason as Error);
      const sleeper: Sleeper = { atMs: this.#nowMs + Math.max(0, milliseconds), wake: undefined };
      const abort = () => {
        sleeper.wake = undefined;
        reject(signal?.reason as Error);
      };
      sleeper.wake = () => {
        signal?.removeEventListener('abort', abort);
        resolve();
      };
      signal?.addEventListener('abort', abort, { once: true });
      this.#sleepers.splice(this.#placeOf(sleeper.atMs), 0, sleeper);
      this.#moveSoon();
    });
  }

  /** Index before all sleepers that wake no later, so that those with the same time wake in the order of their calls. */
  #placeOf(atMs: number): number {
    let low = 0;
    let high = this.#sleepers.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#sleepers[middle]?.atMs ?? 0) > atMs) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #moveSoon(): void {
    if (this.#isMoving || this.#isStopped || this.#sleepers.length === 0) return;
    this.#isMoving = true;
    this.#whenQuiet(() => {
      this.#isMoving = false;
      for (let next = this.#sleepers.pop(); next !== undefined; next = this.#sleepers.pop()) {
        if (next.wake === undefined) continue;
        this.#nowMs = next.atMs;
        next.wake();
        break;
      }
      this.#moveSoon();
    });
  }

  /**
   * Calls `then` when all code waits for this clock. Other than this clock, the simulation awaits only settled
   * promises, which run before `setImmediate`, and long evaluations of expressions, which let other turns of the event
   * loop run now and then.
   */
  #whenQuiet(then: () => void): void {
    const sinceMs = performance.now();
    setImmediate(() => {
      if (performance.now() - sinceMs > LONG_TURN_MS) this.#whenQuiet(then);
      else then();
    });
  }
}
