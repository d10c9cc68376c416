import {
  CodeseederError,
  type RunRecord,
  type RunStatus,
  type Trigger,
} from '../../../lib/contract/index.js';
import type { Seedkit } from '../../seedkit-types.js';
import { openSeedkit } from '../open-seedkit.js';
import { fittedLines, printProblem } from '../print-problem.js';
import { endFittedTo, fittedTo } from '../run/text-columns.js';
import { shortDuration, shortTime } from '../short-time.js';
import { fitsWhole, formatTable, layoutOf, type TableLayout } from '../table.js';
import { isInteractive, printResult, type Terminal } from '../terminal.js';
import type { RunsOptions } from './runs-options.js';

/** Columns of a target that stay beside the id of its run. */
const TARGET_MIN = 16;

/** Flags of `runs list`. */
export interface ListOptions extends RunsOptions {
  readonly limit: number;
  readonly status?: RunStatus | undefined;
  readonly label?: Readonly<Record<string, string>> | undefined;
  readonly target?: string | undefined;
  readonly trigger?: Trigger | undefined;
  readonly lock?: string | undefined;
  readonly map?: string | undefined;
  readonly schedule?: string | undefined;
  readonly since?: string | undefined;
  readonly until?: string | undefined;
  readonly after?: string | undefined;
}

/** Prints the latest runs that match the filters, and on a terminal how to see more. */
export async function printRuns(options: ListOptions, terminal: Terminal): Promise<void> {
  const { until, after, limit } = options;
  const hasHint = isInteractive(terminal) && options.json !== true;
  const kit = openSeedkit(options);
  // The hint depends on whether there is one more run than are printed.
  const asked = { ...filtersOf(options), limit: hasHint ? limit + 1 : limit };
  const found = await kit.runs.list({ ...asked, until, after });
  const records = found.slice(0, limit);
  printResult<'runs list'>(terminal, options.json === true, records, () =>
    terminal.stdout.isTTY === true ? tableOrNothing(records, options, terminal) : plainTable(records),
  );
  const missing = records.length === 0 && (await missingSchedule(kit, options));
  if (missing) return printProblem(terminal, missing);
  const hint = hasHint && hintAfter(records, found.length > limit, options);
  if (hint) printProblem(terminal, hint);
}

/** Returns what to say about a schedule that does not exist; undefined if it exists, or if it cannot be read. */
async function missingSchedule(kit: Seedkit, { schedule }: ListOptions): Promise<string | undefined> {
  if (schedule === undefined) return undefined;
  try {
    await kit.schedules.show(schedule);
    return undefined;
  } catch (error) {
    const isMissing = error instanceof CodeseederError && error.code === 'ScheduleNotFound';
    return isMissing ? error.message : undefined;
  }
}

/** Returns the filters that lists and watches have. */
export function filtersOf(options: ListOptions) {
  const { limit, status, label: labels, target, trigger, lock, map, schedule, since } = options;
  return { limit, status, labels, target, trigger, lock, map, schedule, since };
}

function tableOrNothing(records: readonly RunRecord[], options: ListOptions, terminal: Terminal): string[] {
  if (records.length > 0) return shortTable(records, layoutOf(terminal));
  const { limit: _, since: __, ...filters } = filtersOf(options);
  const hasFilter = Object.values({ ...filters, until: options.until }).some(
    (filter) => filter !== undefined,
  );
  if (options.after !== undefined) return ['No more runs.'];
  if (hasFilter) return ['No run matches.'];
  return fittedLines(
    terminal.stdout,
    terminal.program,
    "No runs. To start one: codeseeder run -- 'echo hello'",
  );
}

/** Returns how to see runs that are not listed; undefined if there is nothing to say. */
function hintAfter(
  records: readonly RunRecord[],
  hasMore: boolean,
  { since, after }: ListOptions,
): string | undefined {
  const last = records.at(-1);
  if (hasMore && last !== undefined) return `The next page: --after ${last.runId}`;
  // The list itself says that an empty page has no more runs.
  if (last === undefined && after !== undefined)
    return since === undefined ? '--since 90d looks further back than 30 days.' : undefined;
  const more = last === undefined ? 'No runs' : 'No more runs';
  return since === undefined
    ? `${more} in the last 30 days. --since 90d looks further back.`
    : `${more} since ${since}.`;
}

/** A table for programs such as `grep` and `cut`, whose values are not shortened. */
function plainTable(records: readonly RunRecord[]): string[] {
  return formatTable(['RUN', 'STATUS', 'QUEUED', 'SECONDS', 'TARGET'], records.map(plainCells), {
    colour: false,
  });
}

/** Returns whole values of a record, in the order of the columns of the plain table. */
export function plainCells(record: RunRecord): string[] {
  return [
    record.runId,
    statusOf(record),
    record.queuedAt,
    record.durationMs === undefined ? '' : (record.durationMs / 1_000).toFixed(1),
    shownTarget(record),
  ];
}

/**
 * A table whose lines fit the terminal. Ids are not shortened, because they are arguments of other commands. What gives
 * way first is the status of a run with a failure code, then the end of the targets, then ids have lines of their own.
 */
export function shortTable(records: readonly RunRecord[], layout: TableLayout): string[] {
  const nowMs = Date.now();
  const rowsWith = (status: (record: RunRecord) => string) =>
    records.map((record) => [
      record.runId,
      status(record),
      shortTime(nowMs - Date.parse(record.queuedAt)),
      record.durationMs === undefined ? '' : shortDuration(record.durationMs),
      shownTarget(record),
    ]);
  const whole = rowsWith(statusOf);
  if (fitsWhole(HEAD, whole, layout)) return formatTable(HEAD, whole, layout);
  const shorten = (text: string, columns: number, row: number) => shortTarget(text, columns, records[row]);
  const short = rowsWith(({ status, failure }) => failure?.code ?? status);
  return formatTable(HEAD, short, { ...layout, shorten, shortenedMin: TARGET_MIN });
}

const HEAD = ['RUN', 'STATUS', 'AGE', 'TOOK', 'TARGET'];

function statusOf({ status, failure }: RunRecord): string {
  return failure === undefined ? status : `${status} ${failure.code}`;
}

/** Returns the name of a run, else the published version that it executes, else its target. */
function shownTarget({ name, published, target = '' }: RunRecord): string {
  return name ?? (published === undefined ? target : `${published.name}@${published.version}`);
}

/**
 * Truncates the name or target of a run. A function's target is truncated at its start, because its end has the
 * function's name. A command is truncated at its end.
 */
function shortTarget(text: string, columns: number, record: RunRecord | undefined): string {
  const { name, published, kind } = record ?? {};
  const keepsEnd = name === undefined && published === undefined && kind !== 'commands';
  return keepsEnd ? endFittedTo(columns, text) : fittedTo(columns, text);
}
