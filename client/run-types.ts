/** Handles of runs, and what they return. */
import type { RunRecord, RunStatus, TerminalStatus } from '../lib/contract/index.js';
import type { WaitOptions } from './call-option-types.js';

/** A line of a build's log. */
export interface LogLine {
  /** When the line was written, in milliseconds since the epoch. */
  readonly timestampMs: number;
  /** The line without its newline. */
  readonly message: string;
}

/** One event of an execution's history. */
export interface HistoryEntry {
  /** Number of the event, counted from 1. */
  readonly id: number;
  /** When the event happened, in milliseconds since the epoch. */
  readonly timestampMs: number;
  /** Step Functions' name of the event's type, such as `TaskStateEntered`. */
  readonly type: string;
  /** Name of the state that the event belongs to; absent if it belongs to none. */
  readonly state?: string | undefined;
  /** Error and cause; absent if the event reports no failure. */
  readonly failure?: string | undefined;
}

/** The result of a run that succeeded. */
export interface RunOutcome<Value = unknown> {
  /** Id of the run. */
  readonly runId: string;
  /** Status that the run ended with. */
  readonly status: TerminalStatus;
  /** Value that the function returned; `null` if it returned nothing. */
  readonly value: Value;
  /** Exported variables of the build, by name. */
  readonly exportedVariables: Readonly<Record<string, string>>;
  /** Record of the run. */
  readonly record: RunRecord;
}

/**
 * A handle of a run that was started, here or elsewhere. The run does not depend on its handle.
 *
 * If this client packed the run's bundle and the run ends with `BundleMissing`, the client packs again and submits a
 * new run, once. The handle then refers to the new run.
 */
export interface Run<Value = unknown> {
  /** Id of the run. */
  readonly id: string;
  /** ARN of the Step Functions execution that drives the run. */
  readonly executionArn: string;
  /** URL of the page about the run: in the AWS console, or in the console of a local AWS. */
  readonly consoleUrl: string;
  /** Returns the run's current status. */
  status(): Promise<RunStatus>;
  /** Returns the run's current record; undefined until it is written, shortly after the run's start. */
  record(): Promise<RunRecord | undefined>;
  /**
   * Returns the run's whole log from its first line, in order, each line once.
   * @param options `follow`: whether to wait for further lines until the run ends, true by default; `signal`: aborts
   * the waiting
   */
  logs(options?: {
    readonly signal?: AbortSignal | undefined;
    readonly follow?: boolean | undefined;
  }): AsyncIterable<LogLine>;
  /**
   * Returns the history of the run's execution, oldest event first.
   * @see https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html Step Functions keeps it for 90 days
   */
  history(): Promise<HistoryEntry[]>;
  /**
   * Waits for the end of the run and returns its outcome.
   * @throws RemoteError if the target threw inside the build
   * @throws RunFailedError if the run ended without a value for another reason
   */
  outcome(options?: WaitOptions): Promise<RunOutcome<Value>>;
  /**
   * Waits for the end of the run and returns its value.
   * @throws RemoteError if the target threw inside the build
   * @throws RunFailedError if the run ended without a value for another reason
   */
  result(options?: WaitOptions): Promise<Value>;
  /**
   * Stops the run and its build. It returns when the stop is requested; `outcome()` waits for the end. The record names
   * the user and host of this process, and the reason. A run that has ended is not changed.
   */
  cancel(reason?: string): Promise<void>;
}
