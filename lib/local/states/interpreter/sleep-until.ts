import type { Clock } from '../../clock.js';

/** Waits until a time, which can be later than the longest timer. */
export async function sleepUntil(clock: Clock, timeMs: number, signal: AbortSignal): Promise<void> {
  for (let left = timeMs - clock.now(); left > 0; left = timeMs - clock.now()) {
    await clock.sleep(left, signal);
  }
}
