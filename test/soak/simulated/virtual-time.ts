import type { Clock } from '../../../lib/local/clock.js';

/**
 * A turn of the event loop that takes longer than this may be part of the evaluation of an expression. An evaluation
 * lets other code run after twice this time.
 */
const LONG_TURN_MS = 10;

interface Sleeper {
  readonly atMs: number;
  wake: (() => void) | undefined;
}

/**
 * A clock for thousands of sleeping callers. When all code waits, the clock jumps to the end of the next sleep, so
 * that hours pass in a second.
 */
export class VirtualTime implements Clock {
  #nowMs: number;
  /** Sleepers, the one that wakes last first. A sleeper without `wake` was aborted. */
  readonly #sleepers: Sleeper[] = [];
  #isMoving = false;
  #isStopped = false;

  /** Creates the clock. @param startMs initial time, in milliseconds since the epoch */
  constructor(startMs: number) {
    this.#nowMs = startMs;
  }

  now(): number {
    return this.#nowMs;
  }

  /** Stops the clock. Code that is sleeping never continues. */
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

  /**
   * Returns the index before all sleepers that wake at the same time or earlier, so that sleepers with the same time
   * wake in the order of their calls.
   */
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
   * Calls `then` when all code waits for this clock. Apart from the clock, the simulation waits only for settled
   * promises, which run before `setImmediate`, and for long evaluations of expressions, which let other code run now
   * and then.
   */
  #whenQuiet(then: () => void): void {
    const sinceMs = performance.now();
    setImmediate(() => {
      if (performance.now() - sinceMs > LONG_TURN_MS) this.#whenQuiet(then);
      else then();
    });
  }
}
