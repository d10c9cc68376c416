/** Limits the rate of the requests of one kind. */
export interface Pace {
  /** Resolves when the next request may begin. */
  turn(): Promise<void>;
}

/** The request rates of `reconcile-run`. */
export interface Paces {
  /** Rate of ListExecutions. */
  readonly lists: Pace;
  /** Rate of DescribeExecution. */
  readonly executions: Pace;
  /** Rate of each of BatchGetBuilds, StopBuild and ListBuildsForProject. */
  readonly builds: Pace;
}

export interface Clock {
  readonly now: () => Date;
  readonly sleep: (ms: number) => Promise<unknown>;
}

/**
 * Requests per second of a sweep. They are at most half of what AWS grants an account in its smaller regions, because
 * clients and other handlers share that rate: ListExecutions 2, DescribeExecution 10. CodeBuild documents no rate; 10
 * is assumed.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
 */
const PER_SECOND = { lists: 1, executions: 5, builds: 5 } as const;

const NO_PACE: Pace = { turn: () => Promise.resolve() };

/** No limits, for the few requests of a single run. */
export const NO_PACES: Paces = { lists: NO_PACE, executions: NO_PACE, builds: NO_PACE };

/** Returns the request rates of one sweep. */
export function createPaces(clock: Clock): Paces {
  return {
    lists: createPace(PER_SECOND.lists, clock),
    executions: createPace(PER_SECOND.executions, clock),
    builds: createPace(PER_SECOND.builds, clock),
  };
}

function createPace(perSecond: number, { now, sleep }: Clock): Pace {
  const intervalMs = 1_000 / perSecond;
  let nextMs = 0;
  return {
    async turn() {
      const nowMs = now().getTime();
      const turnMs = Math.max(nowMs, nextMs);
      nextMs = turnMs + intervalMs;
      if (turnMs > nowMs) await sleep(turnMs - nowMs);
    },
  };
}
