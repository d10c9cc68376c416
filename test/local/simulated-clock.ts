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
}

const QUIET_TURNS = 3;
const LONG_TURN_MS = 5;

/** Creates the clock. @param startMs initial time, in milliseconds since the epoch */
export function simulatedClock(startMs = Date.parse('2030-01-01T00:00:00.000Z')): SimulatedClock {
  let nowMs = startMs;
  let leaping = false;
  const sleepers = new Set<Sleeper>();
  const sleeps: number[] = [];
  const leap = () => {
    leaping = false;
    const [next] = [...sleepers].sort((one, other) => one.atMs - other.atMs);
    if (next === undefined) return;
    nowMs = Math.max(nowMs, next.atMs);
    sleepers.delete(next);
    next.wake();
    soon();
  };
  // The clock moves after several quick turns of the event loop: promises settle between turns, so only sleeping code
  // is left then. A turn that takes long means that other code is working, and the clock waits for it.
  const soon = () => {
    if (leaping || sleepers.size === 0) return;
    leaping = true;
    awaitQuiet(QUIET_TURNS, performance.now());
  };
  const awaitQuiet = (turns: number, sinceMs: number) => {
    setImmediate(() => {
      const nowMs = performance.now();
      if (nowMs - sinceMs > LONG_TURN_MS) awaitQuiet(QUIET_TURNS, nowMs);
      else if (turns > 1) awaitQuiet(turns - 1, nowMs);
      else leap();
    });
  };
  return {
    sleeps,
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
