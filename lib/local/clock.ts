import { setTimeout } from 'node:timers/promises';

/** The clock of the local AWS. Tests replace it, so that they can simulate hours in a second. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /**
   * Resolves after this time; rejects with the signal's reason if it aborts first. The system's clock resolves after
   * 24.8 days at the latest, so use {@link sleepUntil} for longer times.
   */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
}

/** Longest timer that Node.js accepts. */
const LONGEST_TIMER_MS = 2_147_483_647;

/** The clock of this machine. */
export const systemClock: Clock = {
  now: () => Date.now(),
  async sleep(milliseconds, signal) {
    try {
      await setTimeout(Math.min(milliseconds, LONGEST_TIMER_MS), undefined, { signal });
    } catch (cause) {
      throw signal?.reason instanceof Error ? signal.reason : new Error('aborted', { cause });
    }
  },
};

/**
 * Waits until a time, which may be further away than the longest timer of Node.js.
 * @param longestSleepMs time after which the clock is read again
 */
export async function sleepUntil(
  clock: Clock,
  timeMs: number,
  signal: AbortSignal,
  longestSleepMs = Infinity,
): Promise<void> {
  for (let left = timeMs - clock.now(); left > 0; left = timeMs - clock.now()) {
    await clock.sleep(Math.min(left, longestSleepMs), signal);
  }
}
