/** The JSON messages between the console's server and its pages. */
import type { RunRecord, RunStatus } from '../../lib/contract/index.js';

/** Header that each request with an effect has. A form of another site cannot send it. */
export const ACTION_HEADER = 'x-codeseeder-console';

/** An error that the server returns. */
export interface Problem {
  readonly code: string;
  readonly message: string;
}

/** The seedkit that the console shows. */
export interface SeedkitInfo {
  readonly seedkit: string;
  readonly account: string;
  readonly region: string;
}

/** One page of runs, newest first. */
export interface RunsPage {
  readonly runs: readonly RunRecord[];
  readonly hasMore: boolean;
}

/** The runs that were queued in one hour. */
export interface HourOfRuns {
  /** Start of the hour, in milliseconds since the epoch. */
  readonly atMs: number;
  readonly counts: Readonly<Partial<Record<RunStatus, number>>>;
}

/** Runs by hour, the earliest hour first. */
export interface HoursOfRuns {
  readonly hours: readonly HourOfRuns[];
  /** Whether there were too many runs to count them all. The newest are counted. */
  readonly isPartial: boolean;
}

/** One event of an execution's history, without its data. */
export interface HistoryEvent {
  readonly id: number;
  /** Id of the event that led to this one; 0 if there is none. */
  readonly previousId: number;
  readonly type: string;
  readonly timestampMs: number;
  /** Name of the state; absent if the event belongs to none. */
  readonly state?: string | undefined;
  /** Error and cause; absent if the event reports no failure. */
  readonly failure?: string | undefined;
}

/** An event that the run's state machine sent to the seedkit's bus. */
export interface SentEvent {
  readonly timestampMs: number;
  readonly detailType: string;
  readonly source: string;
  /** The detail as JSON text. */
  readonly detail: string;
}

/** The state of a run. Its version grows with each change. */
export interface RunView {
  readonly version: number;
  /** Absent until the record exists, and after it has expired. */
  readonly record?: RunRecord | undefined;
  readonly history: readonly HistoryEvent[];
  readonly events: readonly SentEvent[];
  /** Why the history cannot be read. */
  readonly historyProblem?: string | undefined;
}

/** A line of a log: its time in milliseconds since the epoch, and its text. */
export type LogEntry = readonly [timestampMs: number, message: string];

/** Lines of a log from a position on. */
export interface LogPage {
  /** Position of the first line, counted from 0. */
  readonly from: number;
  readonly lines: readonly LogEntry[];
  /** Whether the log has further lines now. */
  readonly hasMore: boolean;
  /** Whether no further lines will follow. */
  readonly isComplete: boolean;
  /** Why the log cannot be read. */
  readonly problem?: string | undefined;
}

/** What a run was started with. */
export interface RequestView {
  /** The request as JSON text. */
  readonly request: string;
  /** The invocation as JSON text: target and arguments. Absent if its file has expired or was changed. */
  readonly invocation?: string | undefined;
  readonly invocationProblem?: string | undefined;
}

/** The definition of a run's state machine; absent if the caller may not read it. */
export interface DefinitionView {
  readonly definition?: string | undefined;
  readonly problem?: string | undefined;
}

/** The value of a run that succeeded, as JSON text. */
export interface ValueView {
  readonly value: string;
  /** Characters of the whole text. `value` has the first of them. */
  readonly characters: number;
}

/** The run that repeats another one. */
export interface StartedRun {
  readonly runId: string;
}
