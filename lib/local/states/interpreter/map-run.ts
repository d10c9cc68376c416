import type { Objects } from '../../ports.js';
import type { StateGraph } from './definition.js';
import type { ExecutionIdentity } from './execution-identity.js';

/** What distributed Map states use: S3 and map runs. */
export interface MapRuns {
  readonly objects: Objects;
  /** Begins a map run, which its caller ends. */
  open(parent: ExecutionIdentity, run: NewMapRun): Promise<MapRun>;
}

/** Limits of a map run, which `UpdateMapRun` can change while it runs. */
export interface MapRunLimits {
  /** Most children at the same time; 0 for as many as the service can. */
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
  /** Counts the start of a child, and returns the milliseconds that it is delayed. */
  startDelayMs(): number;
  /** Runs a child, which is stopped when the signal aborts. Resolves with its end. */
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

/** A child execution that has ended, or that was not started because its map run ended before. */
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
