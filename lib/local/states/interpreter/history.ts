import type { HistoryEvent as ServiceHistoryEvent, HistoryEventType } from '@aws-sdk/client-sfn';

/** An event of an execution's history, in the service's form. */
export type HistoryEvent = Omit<ServiceHistoryEvent, 'timestamp' | 'id' | 'previousEventId'> & {
  readonly id: number;
  readonly previousEventId: number;
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
};

export type HistoryDetails = Omit<HistoryEvent, 'id' | 'previousEventId' | 'timestamp' | 'type'>;

/** @see https://docs.aws.amazon.com/step-functions/latest/dg/bp-history-limit.html */
export const HISTORY_MAX_EVENTS = 25_000;

/** Thrown if the history has room only for the event of the execution's end. */
export class HistoryFull extends Error {}

/** Details that the service adds to data that is not truncated. */
export const WHOLE = { truncated: false } as const;

/** The history of an execution, which numbers its events. */
export class History {
  private previousId = 0;
  private readonly now: () => number;
  private readonly onEvent: (event: HistoryEvent) => void;
  /** The last id, which all branches share. */
  private readonly last: { id: number };

  constructor(now: () => number, onEvent: (event: HistoryEvent) => void, last = { id: 0 }) {
    this.now = now;
    this.onEvent = onEvent;
    this.last = last;
  }

  /** Returns the history of a branch, whose first event follows the last one of this history. */
  branch(): History {
    const branch = new History(this.now, this.onEvent, this.last);
    branch.previousId = this.previousId;
    return branch;
  }

  /** Makes the last event of a branch the previous one of the next event. */
  join(branch: History): void {
    this.previousId = branch.previousId;
  }

  /**
   * Records an event.
   * @returns the event's id
   * @throws HistoryFull when only the event of the execution's end fits
   */
  record(type: HistoryEventType, details: HistoryDetails = {}): number {
    if (this.last.id >= HISTORY_MAX_EVENTS - 1 && type !== 'ExecutionSucceeded') throw new HistoryFull();
    this.previousId = this.append(type, details, this.previousId);
    return this.previousId;
  }

  /** Records the first event. The first state's previous event is 0, not this one, as in the service. */
  recordStart(startedAtMs: number, details: HistoryDetails): void {
    this.append('ExecutionStarted', details, 0, startedAtMs);
  }

  /** Records the end of the execution, which always fits. */
  recordEnd(
    type: 'ExecutionFailed' | 'ExecutionAborted' | 'ExecutionTimedOut',
    details: HistoryDetails,
  ): void {
    // An execution that was stopped or timed out ends with an event that has no previous one.
    this.append(type, details, type === 'ExecutionFailed' ? this.previousId : 0);
  }

  private append(
    type: HistoryEventType,
    details: HistoryDetails,
    previousEventId: number,
    timestamp = this.now(),
  ): number {
    this.last.id += 1;
    const { id } = this.last;
    this.onEvent({ id, previousEventId, timestamp, type, ...details });
    return id;
  }
}
