/** The JSON messages between the console's server and its pages. */
import type { MapRecord, RunRecord, RunStatus, TargetState } from '../../lib/contract/index.js';
import type { Lock } from '../lock-types.js';
import type { TargetSchedule } from '../schedule-types.js';

export type { Lock, LockHolder } from '../lock-types.js';
export type { TargetSchedule } from '../schedule-types.js';

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
  /** Whether it is in a local AWS. */
  readonly isLocal: boolean;
  /** How commands of codeseeder start, such as `npx codeseeder`. */
  readonly program: string;
  /** The command that serves the console, such as `npx codeseeder local up my-kit`. */
  readonly servedBy: string;
}

/**
 * What a list shows of a run. The rest of its record, such as the stack of an error, can be many times as large, and is
 * sent for the page of the run only.
 */
export interface ListedRun extends Pick<
  RunRecord,
  | ('runId' | 'name' | 'target' | 'labels' | 'trigger' | 'mapId' | 'mapIndex' | 'lock')
  | ('status' | 'phase' | 'queuedReason' | 'queuedAt' | 'durationMs')
> {
  /** The failure on one line. */
  readonly failureLine?: string | undefined;
}

/** One page of runs, newest first. */
export interface RunsPage {
  readonly runs: readonly ListedRun[];
  readonly hasMore: boolean;
  /** Names of the maps that runs belong to, by map id. A map without a name is left out. */
  readonly mapNames: Readonly<Record<string, string>>;
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
  /** Name of the state that the event names; absent if it names none, such as the events of a state's task. */
  readonly state?: string | undefined;
  /** Index of the iteration of a Map state, in the events of its start and end. */
  readonly iteration?: number | undefined;
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

/** One page of maps, newest first. */
export interface MapsPage {
  readonly maps: readonly MapRecord[];
  readonly hasMore: boolean;
}

/**
 * States of an input of a map, the ones to look at first. `waiting`: its run was not started, or will not be, if the
 * map has ended.
 */
export const INPUT_STATES = ['failed', 'running', 'waiting', 'succeeded'] as const;
export type InputState = (typeof INPUT_STATES)[number];

/** Letters of {@link INPUT_STATES} in {@link MapView.groups}. */
export const STATE_LETTERS = 'frws';

/** Numbers of a map's inputs in each state, and its rate. */
export interface MapCounts extends Readonly<Record<InputState, number>> {
  readonly total: number;
  /** Runs that ended per minute since the map started. */
  readonly perMinute: number;
  /** Estimated seconds until the map ends; absent before the first run has ended, and after the map has ended. */
  readonly secondsLeft?: number | undefined;
}

/** First and last index of consecutive inputs. */
export type InputRange = readonly [first: number, last: number];

/** The state of a map, or what has changed in it since a version. */
export interface MapView {
  readonly version: number;
  /** Absent until the map is recorded, shortly after its start. */
  readonly record?: MapRecord | undefined;
  readonly counts?: MapCounts | undefined;
  /** Indexes of the inputs; absent in an answer that has only changes. */
  readonly ranges?: readonly InputRange[] | undefined;
  /**
   * Groups of inputs that have changed: position of the first input, counted from 0, and the states of the group's
   * inputs as counts and letters of {@link STATE_LETTERS}, such as `3f497w`.
   */
  readonly groups?: readonly (readonly [start: number, states: string])[] | undefined;
  /** Why the states of the inputs cannot be shown. */
  readonly problem?: string | undefined;
  /** Why the last cancellation did not succeed. */
  readonly cancelProblem?: string | undefined;
}

/** Runs of a map's inputs. */
export interface MapRuns {
  readonly runs: readonly ListedRun[];
  /** Why runs could not be started, by the index of the input. */
  readonly reasons: Readonly<Record<string, string>>;
}

/** The map that runs the unsuccessful inputs of another one. */
export interface StartedMap {
  readonly mapId: string;
}

/** The published targets, by name. */
export interface TargetsView {
  readonly targets: readonly TargetState[];
}

/** The schedules, by name. */
export interface SchedulesView {
  readonly schedules: readonly TargetSchedule[];
}

/** The locks, by name. */
export interface LocksView {
  readonly locks: readonly Lock[];
}

/** A request to release a lock. */
export interface ReleaseRequest {
  readonly name: string;
  /** The run that the reader saw as the holder. The lock is not released if another run holds it. */
  readonly holder: string;
  /** The lock's name as the reader typed it. */
  readonly confirmation: string;
  /** Whether to release the lock even if the build of its run is running. */
  readonly force: boolean;
}

/** An output of the seedkit's stack. */
export interface StackOutput {
  readonly name: string;
  readonly value: string;
}

/** The seedkit's stack as CloudFormation describes it. */
export interface StackView {
  readonly stackName: string;
  readonly stackId: string;
  readonly status: string;
  /** CloudFormation's reason of the status. */
  readonly reason?: string | undefined;
  readonly createdAt?: string | undefined;
  /** Absent before the first update. */
  readonly updatedAt?: string | undefined;
  readonly isProtected: boolean;
  readonly outputs: readonly StackOutput[];
  /** Settings of the last deployment, by name. Those that it left at their defaults are absent. */
  readonly settings: Readonly<Record<string, string>>;
}

/** A resource of the seedkit's stack. */
export interface StackResource {
  /** Its name in the template. */
  readonly name: string;
  readonly type: string;
  /** Its name in AWS. */
  readonly id: string;
  readonly status: string;
}

/** The resources of the seedkit's stack, by type. */
export interface ResourcesView {
  readonly resources: readonly StackResource[];
}

/** An alarm of the seedkit. */
export interface ShownAlarm {
  /** End of its name, such as `failed-runs`. */
  readonly name: string;
  /** `OK`, `ALARM` or `INSUFFICIENT_DATA`. */
  readonly state: string;
  readonly description?: string | undefined;
  /** Why CloudWatch set the state. */
  readonly reason?: string | undefined;
  /** When the state changed last. */
  readonly since?: string | undefined;
}

/** The alarms of the seedkit. */
export interface AlarmsView {
  readonly alarms: readonly ShownAlarm[];
  /** Why they cannot be read. */
  readonly problem?: string | undefined;
}

/** A quota of the account that limits runs. */
export interface ShownQuota {
  readonly service: string;
  readonly name: string;
  readonly value: number;
  readonly isAdjustable: boolean;
}

/** Quotas of the account, the largest first. */
export interface QuotasView {
  readonly quotas: readonly ShownQuota[];
  /** Why they cannot be read. */
  readonly problem?: string | undefined;
}

/** What resources of one type cost each month while no run uses them. */
export interface StandingCost {
  readonly type: string;
  /** Number of resources. */
  readonly count: number;
  /** Number of units that are charged, such as metrics; absent if it cannot be read. */
  readonly units?: number | undefined;
  /** What has the price, such as `metric of an alarm`. */
  readonly unit: string;
  readonly usdEach: number;
  /** USD for all units; absent if `units` is absent. */
  readonly usd?: number | undefined;
  /** What the price leaves out. */
  readonly note?: string | undefined;
  /** Address of the price list. */
  readonly source: string;
  /** Why the units cannot be read. */
  readonly problem?: string | undefined;
}

/** What the resources of the stack cost each month while no run uses them. */
export interface StandingCostsView {
  readonly costs: readonly StandingCost[];
  /** Types for which AWS charges only what runs use. */
  readonly byUse: readonly string[];
  /** Types whose price is not known. */
  readonly unknown: readonly string[];
  /** Why the seedkit is not charged these prices. */
  readonly reason?: string | undefined;
}

/** The builds of the runs that were queued on one day in UTC. */
export interface DayOfBuilds {
  /** The day as `YYYY-MM-DD`. */
  readonly day: string;
  readonly runs: number;
  /** Number of runs whose builds have a price. */
  readonly priced: number;
  /** About what these builds cost. */
  readonly usd: number;
}

/** About what the builds of the last days cost. */
export interface BuildCostsView {
  /** The last days, today first. */
  readonly days: readonly DayOfBuilds[];
  /** Numbers of the runs without a price, by the reason. */
  readonly unpriced: readonly { readonly reason: string; readonly runs: number }[];
  /** Whether there were too many runs to price them all. The newest are priced. */
  readonly isPartial: boolean;
}
