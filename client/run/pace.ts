import { setTimeout as sleep } from 'node:timers/promises';

/** Limits the rate of the requests of one kind, for the whole process, by starting them at even intervals. */
export class Pace {
  private readonly intervalMs: number;
  private nextMs = 0;
  private waiting = 0;

  /** @param perSecond the most requests that begin in one second */
  constructor(perSecond: number) {
    this.intervalMs = 1_000 / perSecond;
  }

  /** Resolves when the next request may begin. */
  async turn(signal?: AbortSignal): Promise<void> {
    const nowMs = Date.now();
    // If the clock was set back, `nextMs` is too far in the future. So the wait is limited to the turns of the requests
    // before.
    const turnMs = Math.min(Math.max(nowMs, this.nextMs), nowMs + (this.waiting + 1) * this.intervalMs);
    this.nextMs = turnMs + this.intervalMs;
    this.waiting += 1;
    try {
      await sleep(turnMs - nowMs, undefined, signal === undefined ? {} : { signal });
    } finally {
      this.waiting -= 1;
    }
  }
}

/**
 * The request rates of all waits of this process together. They are well below the account's quotas, which other
 * processes share: `DescribeExecution` refills at 10 to 15 a second, `GetLogEvents` at 10 to 30 by region.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html
 */
export const PACES = {
  /** Rate of BatchGetItem, each of up to 100 records. */
  records: new Pace(10),
  /** Rate of DescribeExecution. */
  executions: new Pace(1),
  /** Rate of GetLogEvents. */
  logs: new Pace(5),
} as const;
