/** The clock of the local AWS. Tests replace it, to let hours pass in a second. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Resolves after a while; rejects with the signal's reason when it aborts first. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
}

/** Node refuses longer timers. */
const LONGEST_TIMER_MS = 2_147_483_647;

/** The machine's time. */
export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (milliseconds, signal) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(abortReason(signal));
      const timer = setTimeout(done, Math.min(milliseconds, LONGEST_TIMER_MS));
      signal?.addEventListener('abort', stopped, { once: true });
      function done() {
        signal?.removeEventListener('abort', stopped);
        resolve();
      }
      function stopped() {
        clearTimeout(timer);
        reject(abortReason(signal));
      }
    }),
};

/**
 * Waits until a time, which can be later than the longest timer.
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

function abortReason(signal: AbortSignal | undefined): Error {
  return signal?.reason instanceof Error ? signal.reason : new Error('aborted', { cause: signal?.reason });
}
