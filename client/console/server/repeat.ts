import { setTimeout as sleep } from 'node:timers/promises';

import { mayBeRepeated } from '../../run/observe-run.js';

/** Time before each repetition, in addition to the retries of the AWS SDK. A random share is added. */
const WAITS_MS: readonly number[] = [200, 800, 2_000];

/**
 * Repeats a call that AWS throttled or did not answer. Use it only for calls that may be made more than once.
 * @param isWanted returns whether the answer is still awaited
 * @throws the last error
 */
export async function repeated<T>(call: () => Promise<T>, isWanted: () => boolean): Promise<T> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await call();
    } catch (error) {
      const waitMs = WAITS_MS[attempt];
      if (waitMs === undefined || !mayBeRepeated(error) || !isWanted()) throw error;
      await sleep(waitMs * (1 + Math.random()));
    }
  }
}
