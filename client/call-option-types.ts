/** Options of single calls: starting, repeating, awaiting and listing runs. */
import type { RunStatus, Trigger } from '../lib/contract/index.js';
import type { AwsSession } from './aws-options.js';
import type { ProgressListener } from './progress-types.js';
import type { RunOptions } from './run-option-types.js';

/** Options of calls that look up runs or records. */
export interface LookupOptions {
  /**
   * Region, endpoint and credentials.
   * @default the kit's `aws`
   */
  readonly aws?: AwsSession | undefined;
}

/** Options of one call. */
export interface CallOptions extends RunOptions {
  /**
   * Id of the run: up to 80 letters, digits, underscores and hyphens. If a run with the same id and the same input
   * exists, the call attaches to it.
   * @default a new UUID version 7
   */
  readonly runId?: string | undefined;
  /**
   * Id of the failed run that this run repeats, stored in its record.
   * @default none
   */
  readonly retryOf?: string | undefined;
  /**
   * Aborts packing, uploading and waiting. A run that was started continues.
   * @default the call is not aborted
   */
  readonly signal?: AbortSignal | undefined;
}

/** Arguments and options of a call of a Python function. */
export interface PythonCallOptions extends CallOptions {
  /**
   * Positional arguments: JSON data.
   * @default none
   */
  readonly args?: readonly unknown[] | undefined;
  /**
   * Keyword arguments by name: JSON data.
   * @default none
   */
  readonly kwargs?: Readonly<Record<string, unknown>> | undefined;
}

/** Options of {@link Seedkit.again}. */
export interface AgainOptions extends LookupOptions {
  /**
   * Positional arguments of the new run: JSON data. Commands have none; a published target that runs commands takes
   * one.
   * @default those of the repeated run
   */
  readonly args?: readonly unknown[] | undefined;
  /**
   * Keyword arguments of a Python function: JSON data.
   * @default those of the repeated run
   */
  readonly kwargs?: Readonly<Record<string, unknown>> | undefined;
  /**
   * Id of the new run. If a run with this id repeats the same run, the call attaches to it.
   * @default a new UUID version 7
   */
  readonly runId?: string | undefined;
  /**
   * Receives progress events.
   * @default progress is not reported
   */
  readonly onProgress?: ProgressListener | undefined;
  /**
   * Receives each line of the build's log, without its newline, while the run is awaited.
   * @default the log is not read
   */
  readonly onLog?: ((line: string) => void) | undefined;
  /**
   * Aborts the waiting. The run continues.
   * @default the waiting is not aborted
   */
  readonly signal?: AbortSignal | undefined;
}

/** Options of the calls that wait for the end of a run. */
export interface WaitOptions {
  /**
   * Aborts the waiting. The run continues.
   * @default the waiting is not aborted
   */
  readonly signal?: AbortSignal | undefined;
  /**
   * Receives progress events.
   * @default the listener of the call that returned the run, if any
   */
  readonly onProgress?: ProgressListener | undefined;
  /**
   * Receives each line of the build's log, without its newline.
   * @default the listener of the call that returned the run, if any
   */
  readonly onLog?: ((line: string) => void) | undefined;
}

/** Filters of `runs.list()` and `runs.iterate()`. A run must match all given filters. */
export interface RunFilters extends LookupOptions {
  /**
   * Status of the runs to list.
   * @default all
   */
  readonly status?: RunStatus | undefined;
  /**
   * Labels that the runs have, among others: name to value.
   * @default runs with any labels, or none
   */
  readonly labels?: Readonly<Record<string, string>> | undefined;
  /**
   * What the runs execute, as in the record's `target`: `src/deploy.ts#network`, `my_pkg.deploy:network` or the first
   * command. The `name` of a run matches, too.
   * @default all
   */
  readonly target?: string | undefined;
  /**
   * How the runs were started.
   * @default in any way
   */
  readonly trigger?: Trigger | undefined;
  /**
   * Lock of the runs: those that hold it, wait for it or had it.
   * @default all
   */
  readonly lock?: string | undefined;
  /**
   * Id of the map that the runs belong to.
   * @default all
   */
  readonly map?: string | undefined;
  /**
   * Name of the schedule that started the runs.
   * @default all
   */
  readonly schedule?: string | undefined;
  /**
   * Time of the oldest run to list: a date, ISO 8601, or an age such as `90s`, `30m`, `2h`, `7d` or `4w`. The time of a
   * run is when it was queued.
   * @default the start of the first of the last `days` days
   */
  readonly since?: Date | string | undefined;
  /**
   * Time of the newest run to list, in the forms of `since`.
   * @default now
   */
  readonly until?: Date | string | undefined;
  /**
   * Number of days to look back if `since` is not given, in UTC, today included.
   * @default 30
   */
  readonly days?: number | undefined;
  /**
   * Id of the last run of a page. Lists the runs that follow it, which are older.
   * @default the newest run is the first
   */
  readonly after?: string | undefined;
  /**
   * Aborts the listing.
   * @default the listing is not aborted
   */
  readonly signal?: AbortSignal | undefined;
}

/** Options of `runs.watch()`. A watch begins now, so it has no end and no page. */
export type WatchRunsOptions = Omit<ListRunsOptions, 'until' | 'after'>;

/** Options of `runs.list()`. */
export interface ListRunsOptions extends RunFilters {
  /**
   * Maximum number of records.
   * @default 20
   */
  readonly limit?: number | undefined;
}
