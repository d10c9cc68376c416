import type { HistoryEvent as ServiceHistoryEvent, HistoryEventType } from '@aws-sdk/client-sfn';

/** One entry of an execution's history, as the service keeps it. */
export type HistoryEvent = Omit<ServiceHistoryEvent, 'timestamp' | 'id' | 'previousEventId'> & {
  readonly id: number;
  readonly previousEventId: number;
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
};

export type HistoryDetails = Omit<HistoryEvent, 'id' | 'previousEventId' | 'timestamp' | 'type'>;

/** @see https://docs.aws.amazon.com/step-functions/latest/dg/bp-history-limit.html */
export const HISTORY_MAX_EVENTS = 25_000;

/** The last event that fits is kept for the end of the execution. */
export class HistoryFull extends Error {}

/** What the service says of data that it did not cut. */
export const WHOLE = { truncated: false } as const;

/** Numbers an execution's events as they happen. */
export class History {
  private lastId = 0;
  private previousId = 0;
  private readonly now: () => number;
  private readonly onEvent: (event: HistoryEvent) => void;

  constructor(now: () => number, onEvent: (event: HistoryEvent) => void) {
    this.now = now;
    this.onEvent = onEvent;
  }

  /**
   * @returns the event's id
   * @throws HistoryFull when only the execution's end still fits
   */
  record(type: HistoryEventType, details: HistoryDetails = {}): number {
    if (this.lastId >= HISTORY_MAX_EVENTS - 1 && type !== 'ExecutionSucceeded') throw new HistoryFull();
    this.previousId = this.append(type, details, this.previousId);
    return this.previousId;
  }

  /** The first event. The first state still points to 0, not to it, as in the service. */
  recordStart(startedAtMs: number, details: HistoryDetails): void {
    this.append('ExecutionStarted', details, 0, startedAtMs);
  }

  /** The end of the execution, for which there is always room. */
  recordEnd(
    type: 'ExecutionFailed' | 'ExecutionAborted' | 'ExecutionTimedOut',
    details: HistoryDetails,
  ): void {
    // What ends an execution from outside follows from no event of it.
    this.append(type, details, type === 'ExecutionFailed' ? this.previousId : 0);
  }

  private append(
    type: HistoryEventType,
    details: HistoryDetails,
    previousEventId: number,
    timestamp = this.now(),
  ): number {
    this.lastId += 1;
    this.onEvent({ id: this.lastId, previousEventId, timestamp, type, ...details });
    return this.lastId;
  }
}
