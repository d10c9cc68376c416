import { setTimeout as sleep } from 'node:timers/promises';

/** Time that rights and keys may take to reach CloudWatch Logs. The handler's own timeout is longer. */
const PROPAGATION_MS = 60_000;
const INTERVALS_MS = { first: 1_000, factor: 1.5, last: 8_000 } as const;

/**
 * Errors that occur while a right or a key's policy has not reached CloudWatch Logs, or while another call changes the
 * group.
 */
const TRANSIENTS = ['AccessDeniedException', 'InvalidParameterException', 'OperationAbortedException'];

/** The clock of the retries, which tests replace. */
export interface RetryClock {
  readonly now: () => number;
  readonly sleep: (milliseconds: number) => Promise<unknown>;
}

/**
 * Repeats work that fails because new rights or a new key have not reached CloudWatch Logs yet.
 *
 * @throws the last error, if the work still fails at the end
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html#troubleshoot_general_eventual-consistency
 */
export async function retryWhilePropagating<Value>(
  work: () => Promise<Value>,
  clock: RetryClock = { now: Date.now, sleep },
): Promise<Value> {
  const endsAtMs = clock.now() + PROPAGATION_MS;
  for (let intervalMs: number = INTERVALS_MS.first; ;) {
    try {
      return await work();
    } catch (error) {
      const isTransient = error instanceof Error && TRANSIENTS.includes(error.name);
      if (!isTransient || clock.now() + intervalMs > endsAtMs) throw error;
    }
    await clock.sleep(intervalMs);
    intervalMs = Math.min(intervalMs * INTERVALS_MS.factor, INTERVALS_MS.last);
  }
}
