import type { HistoryEvent as ServiceHistoryEvent, HistoryEventType } from '@aws-sdk/client-sfn';

/** An event of an execution's history in the form of the API. */
export type HistoryEvent = Omit<ServiceHistoryEvent, 'timestamp' | 'id' | 'previousEventId'> & {
  readonly id: number;
  readonly previousEventId: number;
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
};

export type HistoryDetails = Omit<HistoryEvent, 'id' | 'previousEventId' | 'timestamp' | 'type'>;

/**
 * Maximum number of events in a history.
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/bp-history-limit.html
 */
export const HISTORY_MAX_EVENTS = 25_000;

/** Thrown when the history has space only for the event of the execution's end. */
export class HistoryFull extends Error {}

/** Event details for input or output that is not truncated. */
export const WHOLE = { truncated: false } as const;

/** Records the events of an execution and numbers them. */
export class History {
  private previousId = 0;
  private readonly now: () => number;
  private readonly onEvent: (event: HistoryEvent) => void;
  /** Id of the last event. All branches share it. */
  private readonly last: { id: number };

  constructor(now: () => number, onEvent: (event: HistoryEvent) => void, last = { id: 0 }) {
    this.now = now;
    this.onEvent = onEvent;
    this.last = last;
  }

  /** Returns the history of a branch. Its first event follows the last event of this history. */
  branch(): History {
    const branch = new History(this.now, this.onEvent, this.last);
    branch.previousId = this.previousId;
    return branch;
  }

  /**
   * Continues after a branch: the branch's last event becomes the previous event of the event that is recorded next
   * here.
   */
  join(branch: History): void {
    this.previousId = branch.previousId;
  }

  /**
   * Records an event.
   * @returns the event's id
   * @throws HistoryFull if the history has space only for the event of the execution's end
   */
  record(type: HistoryEventType, details: HistoryDetails = {}): number {
    if (this.last.id >= HISTORY_MAX_EVENTS - 1 && type !== 'ExecutionSucceeded') throw new HistoryFull();
    this.previousId = this.append(type, details, this.previousId);
    return this.previousId;
  }

  /**
   * Records the first event. As in Step Functions, the first state's event has 0 as its previous event, not this one.
   */
  recordStart(startedAtMs: number, details: HistoryDetails): void {
    this.append('ExecutionStarted', details, 0, startedAtMs);
  }

  /** Records the end of the execution, for which the history always has space. */
  recordEnd(
    type: 'ExecutionFailed' | 'ExecutionAborted' | 'ExecutionTimedOut',
    details: HistoryDetails,
  ): void {
    // If the execution was stopped or timed out, the event has no previous event.
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
