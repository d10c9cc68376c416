import type { Clock } from '../../lib/local/clock.js';

interface Sleeper {
  readonly atMs: number;
  readonly wake: () => void;
}

/**
 * A clock that jumps to the end of the next sleep when no other code runs, so that hours pass immediately.
 */
export interface SimulatedClock extends Clock {
  /** Durations of all sleeps that were started, in milliseconds. */
  readonly sleeps: number[];
  /** Time does not pass this instant until another limit is set. In milliseconds since the epoch. @default Infinity */
  limitMs: number;
  /** Stops time until a promise settles, for example while a thread writes to a database. Returns the promise. */
  standStill<T>(work: Promise<T>): Promise<T>;
}

const QUIET_TURNS = 3;
const LONG_TURN_MS = 5;

/** Creates the clock. @param startMs initial time, in milliseconds since the epoch */
export function simulatedClock(startMs = Date.parse('2030-01-01T00:00:00.000Z')): SimulatedClock {
  let nowMs = startMs;
  let leaping = false;
  let limitMs = Infinity;
  let pending = 0;
  const sleepers = new Set<Sleeper>();
  const sleeps: number[] = [];
  const leap = () => {
    leaping = false;
    const [next] = [...sleepers].sort((one, other) => one.atMs - other.atMs);
    if (next === undefined || next.atMs > limitMs) return;
    nowMs = Math.max(nowMs, next.atMs);
    sleepers.delete(next);
    next.wake();
    soon();
  };
  // The clock moves after several quick turns of the event loop: promises settle between turns, so only sleeping code
  // is left then. A turn that takes long means that other code is working, and the clock waits for it, as for work that
  // it was told of.
  const soon = () => {
    if (leaping || sleepers.size === 0) return;
    leaping = true;
    awaitQuiet(QUIET_TURNS, performance.now());
  };
  const awaitQuiet = (turns: number, sinceMs: number) => {
    setImmediate(() => {
      const nowMs = performance.now();
      if (pending > 0 || nowMs - sinceMs > LONG_TURN_MS) awaitQuiet(QUIET_TURNS, nowMs);
      else if (turns > 1) awaitQuiet(turns - 1, nowMs);
      else leap();
    });
  };
  return {
    sleeps,
    get limitMs() {
      return limitMs;
    },
    set limitMs(value) {
      limitMs = value;
      soon();
    },
    standStill: async (work) => {
      pending += 1;
      return work.finally(() => (pending -= 1));
    },
    now: () => nowMs,
    sleep: (milliseconds, signal) =>
      new Promise((resolve, reject) => {
        const abort = () => {
          sleepers.delete(sleeper);
          reject(signal?.reason as Error);
        };
        if (signal?.aborted) return reject(signal.reason as Error);
        sleeps.push(milliseconds);
        const sleeper: Sleeper = {
          atMs: nowMs + milliseconds,
          wake: () => {
            signal?.removeEventListener('abort', abort);
            resolve();
          },
        };
        sleepers.add(sleeper);
        signal?.addEventListener('abort', abort, { once: true });
        soon();
      }),
  };
}
