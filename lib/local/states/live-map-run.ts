import type { MapRunEnd, MapRunLimits } from './interpreter/map-run.js';
import type { ExecutionStatus, MapRunCounts, StoredMapRun } from './stored-states.js';

type Counts = { -readonly [Name in keyof MapRunCounts]: number };

const COUNTED = {
  RUNNING: 'running',
  SUCCEEDED: 'succeeded',
  FAILED: 'failed',
  TIMED_OUT: 'timedOut',
  ABORTED: 'aborted',
} as const satisfies Record<ExecutionStatus, keyof Counts>;

/** Identity of a map run. */
type NewRun = Pick<StoredMapRun, 'arn' | 'executionArn' | 'machineArn' | 'startedAtMs'>;

/** The counts and limits of a running map run. */
export class LiveMapRun {
  limits: MapRunLimits;
  readonly listeners: (() => void)[] = [];
  private readonly run: NewRun;
  private readonly executions = zeroCounts();
  private readonly items = zeroCounts();

  constructor(run: NewRun, limits: MapRunLimits) {
    this.run = run;
    this.limits = limits;
  }

  expect(items: number, executions: number): void {
    this.items.total = items;
    this.executions.total = executions;
  }

  /** Adds a child execution to the count of a status. @param step -1 removes it from that count */
  count(status: ExecutionStatus, itemCount: number, step: 1 | -1 = 1): void {
    this.executions[COUNTED[status]] += step;
    this.items[COUNTED[status]] += step * itemCount;
  }

  countWritten(itemCount: number): void {
    this.executions.resultsWritten += 1;
    this.items.resultsWritten += itemCount;
  }

  update(changes: Partial<MapRunLimits>): void {
    this.limits = { ...this.limits, ...changes };
    for (const listener of this.listeners) listener();
  }

  describe(status: MapRunEnd | 'RUNNING' = 'RUNNING', stoppedAtMs?: number): StoredMapRun {
    const { maxConcurrency, toleratedFailureCount = 0, toleratedFailurePercentage = 0 } = this.limits;
    const described = {
      ...this.run,
      status,
      maxConcurrency,
      toleratedFailureCount,
      toleratedFailurePercentage,
      executionCounts: withPending(this.executions),
      itemCounts: withPending(this.items),
    };
    return stoppedAtMs === undefined ? described : { ...described, stoppedAtMs };
  }
}

function zeroCounts(): Counts {
  const none = { running: 0, succeeded: 0, failed: 0, timedOut: 0, aborted: 0 };
  return { total: 0, pending: 0, ...none, resultsWritten: 0 };
}

/**
 * Returns the counts with `pending`. Uses the larger of the expected and the counted total, because there may be more
 * children than expected if batches are smaller.
 */
function withPending(counts: Counts): MapRunCounts {
  const { running, succeeded, failed, timedOut, aborted } = counts;
  const seen = running + succeeded + failed + timedOut + aborted;
  const total = Math.max(counts.total, seen);
  return { ...counts, total, pending: total - seen };
}
