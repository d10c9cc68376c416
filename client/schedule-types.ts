/** Types of the schedules that start published targets. */
import type { LookupOptions } from './call-option-types.js';

/** Options of `schedules.add()`. */
export interface AddScheduleOptions extends LookupOptions {
  /**
   * What the schedule starts: `NAME`, `NAME@VERSION` or `NAME@ALIAS`. `NAME` is the newest version at each time.
   */
  readonly target: string;
  /** Times of the runs: `at(2026-12-31T23:00:00)`, `rate(15 minutes)` or `cron(0 2 * * ? *)`. */
  readonly expression: string;
  /**
   * Time zone of the expression, a name of the IANA database such as `Europe/Berlin`.
   * @default 'UTC'
   */
  readonly timeZone?: string | undefined;
  /**
   * Positional arguments of each run: JSON data.
   * @default none
   */
  readonly args?: readonly unknown[] | undefined;
  /**
   * Keyword arguments of a Python function.
   * @default none
   */
  readonly kwargs?: Readonly<Record<string, unknown>> | undefined;
  /**
   * Name of each run, which lists show in place of its target.
   * @default none
   */
  readonly runName?: string | undefined;
  /**
   * Labels of each run, beside those that were published.
   * @default none
   */
  readonly labels?: Readonly<Record<string, string>> | undefined;
  /**
   * First time at which `cron(...)` or `rate(...)` may start a run. `rate(...)` counts from it.
   * @default the schedule starts at once
   */
  readonly startAt?: Date | undefined;
  /**
   * Time after which `cron(...)` or `rate(...)` starts no run. The schedule is deleted then.
   * @default the schedule has no end
   */
  readonly endAt?: Date | undefined;
  /**
   * Minutes after each time within which EventBridge Scheduler starts the run, 1 to 1,440.
   * @default runs start within a minute
   */
  readonly flexibleMinutes?: number | undefined;
  /**
   * Number of times that EventBridge Scheduler repeats a call of the seedkit that fails, 0 to 185. A run that fails is
   * not repeated.
   * @default 185
   */
  readonly maxRetries?: number | undefined;
  /**
   * Minutes after each time for which a call that fails is repeated, 1 to 1,440.
   * @default 1440
   */
  readonly maxAgeMinutes?: number | undefined;
  /**
   * What the schedule is for, in up to 512 characters.
   * @default none
   */
  readonly description?: string | undefined;
  /**
   * Whether the schedule starts no runs until it is resumed.
   * @default false
   */
  readonly paused?: boolean | undefined;
  /**
   * Whether to replace a schedule of this name.
   * @default false
   */
  readonly replace?: boolean | undefined;
}

/** A schedule that starts a published target. */
export interface TargetSchedule {
  /** Name of the schedule. */
  readonly name: string;
  /** `active`, or `paused` if it starts no runs. */
  readonly state: 'active' | 'paused';
  /** What it starts; absent if another program than codeseeder made the schedule. */
  readonly target?: string | undefined;
  /** Times of the runs: `at(...)`, `rate(...)` or `cron(...)`. */
  readonly expression: string;
  /** Time zone of the expression. */
  readonly timeZone: string;
  /** Positional arguments of each run. */
  readonly args?: readonly unknown[] | undefined;
  /** Keyword arguments of each run. */
  readonly kwargs?: Readonly<Record<string, unknown>> | undefined;
  /** Name of each run. */
  readonly runName?: string | undefined;
  /** Labels of each run, beside those that were published. */
  readonly labels?: Readonly<Record<string, string>> | undefined;
  /** Time before which no run starts, in ISO 8601. */
  readonly startAt?: string | undefined;
  /** Time after which no run starts, in ISO 8601. */
  readonly endAt?: string | undefined;
  /** Minutes after each time within which the run starts. */
  readonly flexibleMinutes?: number | undefined;
  /** Number of times that a call that fails is repeated. */
  readonly maxRetries?: number | undefined;
  /** Minutes for which a call that fails is repeated. */
  readonly maxAgeMinutes?: number | undefined;
  /** What the schedule is for. */
  readonly description?: string | undefined;
  /** When the schedule was added, in ISO 8601. */
  readonly createdAt?: string | undefined;
  /** When the schedule was changed last, in ISO 8601. */
  readonly changedAt?: string | undefined;
}

/** The schedules of a seedkit that start published targets. They need the rights of `grantSchedule`. */
export interface Schedules {
  /**
   * Adds a schedule. Each run has the id `<name>-<YYYYMMDDTHHMMSSZ>-<8 digits>` and the trigger `SCHEDULE`.
   *
   * @param name up to 54 letters, digits, underscores and hyphens
   * @throws CodeseederError `InvalidRequest` for an expression or option that is not valid; `PublishedTargetNotFound`;
   *   `ScheduleExists`
   * @example
   * await kit.schedules.add('nightly', { target: 'nightly-deploy@prod', expression: 'cron(0 2 * * ? *)', timeZone:
   * 'Europe/Berlin' });
   */
  add(name: string, options: AddScheduleOptions): Promise<TargetSchedule>;
  /** Returns all schedules, by name. */
  list(options?: LookupOptions): Promise<TargetSchedule[]>;
  /** Returns a schedule. @throws CodeseederError `ScheduleNotFound` */
  show(name: string, options?: LookupOptions): Promise<TargetSchedule>;
  /**
   * Pauses a schedule: it starts no runs until it is resumed. Runs that have started continue.
   * @throws CodeseederError `ScheduleNotFound`
   */
  pause(name: string, options?: LookupOptions): Promise<TargetSchedule>;
  /**
   * Resumes a paused schedule. It starts no runs for the times that passed while it was paused.
   * @throws CodeseederError `ScheduleNotFound`; `InvalidRequest` when the only time of an `at(...)` has passed
   */
  resume(name: string, options?: LookupOptions): Promise<TargetSchedule>;
  /** Removes a schedule. Runs that have started continue. @throws CodeseederError `ScheduleNotFound` */
  remove(name: string, options?: LookupOptions): Promise<TargetSchedule>;
}
