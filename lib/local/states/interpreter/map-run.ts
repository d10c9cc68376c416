import type { Objects } from '../../ports.js';
import type { StateGraph } from './definition.js';
import type { ExecutionIdentity } from './execution-identity.js';

/** S3, and the function that starts a map run, for distributed Map states. */
export interface MapRuns {
  readonly objects: Objects;
  /** Starts a map run. The caller must end it. */
  open(parent: ExecutionIdentity, run: NewMapRun): Promise<MapRun>;
}

/** Limits of a map run, which `UpdateMapRun` can change while it runs. */
export interface MapRunLimits {
  /** Maximum number of child executions that run at the same time; 0 for the default, 1,000. */
  readonly maxConcurrency: number;
  readonly toleratedFailureCount: number | undefined;
  readonly toleratedFailurePercentage: number | undefined;
}

export interface NewMapRun extends MapRunLimits {
  readonly label: string;
  /** The states of a child execution. */
  readonly processor: StateGraph;
}

export type MapRunEnd = 'SUCCEEDED' | 'FAILED' | 'ABORTED';

/** A running map run. */
export interface MapRun {
  readonly arn: string;
  limits(): MapRunLimits;
  /** Calls a function when the limits change. */
  onUpdate(listener: () => void): void;
  /** Sets the total numbers of items and child executions. */
  expect(items: number, children: number): void;
  /**
   * Counts the start of a child execution against the quota. Returns the milliseconds by which the start must be
   * delayed.
   */
  startDelayMs(): number;
  /** Runs a child execution to its end. If the signal aborts, stops it. */
  runChild(child: ChildInput, signal: AbortSignal): Promise<ChildEnd>;
  /** Describes a child execution that was not started. */
  pending(child: ChildInput): ChildEnd;
  /** Counts a child execution as one whose result was written. */
  written(child: ChildInput): void;
  end(status: MapRunEnd): Promise<void>;
}

/** The input of a child execution: an item, or a batch of items. */
export interface ChildInput {
  readonly name: string;
  /** JSON text. */
  readonly input: string;
  readonly itemCount: number;
}

/** A child execution that has ended, or that was not started because its map run had ended. */
export interface ChildEnd {
  readonly arn: string;
  readonly name: string;
  readonly machineArn: string;
  readonly status: 'PENDING' | 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';
  readonly startedAtMs?: number;
  readonly stoppedAtMs?: number;
  readonly input: string;
  readonly output?: string;
  readonly error?: string | undefined;
  readonly cause?: string | undefined;
}
