import type { Objects } from '../../ports.js';
import type { StateGraph } from './definition.js';
import type { ExecutionIdentity } from './execution-identity.js';

/** S3 and map runs, as distributed Map states use them. */
export interface MapRuns {
  readonly objects: Objects;
  /** Begins a map run. The caller must end it. */
  open(parent: ExecutionIdentity, run: NewMapRun): Promise<MapRun>;
}

/** Limits of a map run, which `UpdateMapRun` can change while it runs. */
export interface MapRunLimits {
  /** Maximum number of children at the same time; 0 for the service's limit. */
  readonly maxConcurrency: number;
  readonly toleratedFailureCount: number | undefined;
  readonly toleratedFailurePercentage: number | undefined;
}

export interface NewMapRun extends MapRunLimits {
  readonly label: string;
  /** The states of a child. */
  readonly processor: StateGraph;
}

export type MapRunEnd = 'SUCCEEDED' | 'FAILED' | 'ABORTED';

/** A map run that has not ended. */
export interface MapRun {
  readonly arn: string;
  limits(): MapRunLimits;
  /** Calls a function when the limits change. */
  onUpdate(listener: () => void): void;
  /** Sets the numbers of items and children. */
  expect(items: number, children: number): void;
  /** Counts the start of a child against the quota, and returns the milliseconds by which it must be delayed. */
  startDelayMs(): number;
  /** Runs a child, and stops it if the signal aborts. Resolves with its end. */
  runChild(child: ChildInput, signal: AbortSignal): Promise<ChildEnd>;
  /** Returns the description of a child that is not started. */
  pending(child: ChildInput): ChildEnd;
  /** Counts a child whose result was written. */
  written(child: ChildInput): void;
  end(status: MapRunEnd): Promise<void>;
}

/** Input of a child: an item, or a batch of items. */
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
