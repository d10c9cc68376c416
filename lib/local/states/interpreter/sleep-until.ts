import type { Clock } from '../../clock.js';

/** Waits for a time, also one farther away than one timer reaches. */
export async function sleepUntil(clock: Clock, timeMs: number, signal: AbortSignal): Promise<void> {
  for (let left = timeMs - clock.now(); left > 0; left = timeMs - clock.now()) {
    await clock.sleep(left, signal);
  }
}
