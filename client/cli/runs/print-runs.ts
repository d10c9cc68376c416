import type { RunRecord, RunStatus, Trigger } from '../../../lib/contract/index.js';
import { openSeedkit } from '../open-seedkit.js';
import { endFittedTo, fittedTo } from '../run/text-columns.js';
import { formatTable, layoutOf, type TableLayout } from '../table.js';
import { isInteractive, printLine, printResult, type Terminal } from '../terminal.js';
import type { RunsOptions } from './show-runs.js';

/** Flags of `runs list`. */
export interface ListOptions extends RunsOptions {
  readonly limit: number;
  readonly status?: RunStatus | undefined;
  readonly label?: Readonly<Record<string, string>> | undefined;
  readonly target?: string | undefined;
  readonly trigger?: Trigger | undefined;
  readonly lock?: string | undefined;
  readonly map?: string | undefined;
  readonly since?: string | undefined;
  readonly until?: string | undefined;
  readonly after?: string | undefined;
}

/** Prints the latest runs that match the filters, and on a terminal how to see more. */
export async function printRuns(options: ListOptions, terminal: Terminal): Promise<void> {
  const { until, after } = options;
  const records = await openSeedkit(options).runs.list({ ...filtersOf(options), until, after });
  printResult<'runs list'>(terminal, options.json === true, records, () =>
    terminal.stdout.isTTY === true ? shortTable(records, layoutOf(terminal)) : plainTable(records),
  );
  if (isInteractive(terminal) && options.json !== true) printLine(terminal.stderr, hint(records, options));
}

/** Returns the filters that lists and watches have. */
export function filtersOf(options: ListOptions) {
  const { limit, status, label: labels, target, trigger, lock, map, since } = options;
  return { limit, status, labels, target, trigger, lock, map, since };
}

/** Returns a line that says how to see runs that are not listed. */
function hint(records: readonly RunRecord[], { limit, since }: ListOptions): string {
  const last = records.at(-1);
  if (last !== undefined && records.length >= limit) return `The next page: --after ${last.runId}`;
  return since === undefined
    ? 'No more runs in the last 30 days. --since 90d looks further back.'
    : `No more runs since ${since}.`;
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
    record.name ?? record.target ?? '',
  ];
}

/** A table whose lines fit the terminal. Ids are not shortened, because they are arguments of other commands. */
export function shortTable(records: readonly RunRecord[], layout: TableLayout): string[] {
  const nowMs = Date.now();
  const rows = records.map((record) => [
    record.runId,
    record.status,
    shortTime(nowMs - Date.parse(record.queuedAt)),
    record.durationMs === undefined ? '' : shortTime(record.durationMs),
    shownTarget(record),
  ]);
  const shorten = (text: string, columns: number, row: number) => shortTarget(text, columns, records[row]);
  return formatTable(['RUN', 'STATUS', 'AGE', 'TOOK', 'TARGET'], rows, { ...layout, shorten });
}

function statusOf({ status, failure }: RunRecord): string {
  return failure === undefined ? status : `${status} ${failure.code}`;
}

function shownTarget({ failure, name, target = '' }: RunRecord): string {
  return failure === undefined ? (name ?? target) : `${failure.code} ${name ?? target}`;
}

/**
 * Truncates the name or target of a run. A function's target is truncated at its start, because its end has the
 * function's name. A command is truncated at its end.
 */
function shortTarget(text: string, columns: number, record: RunRecord | undefined): string {
  const { failure, name, kind } = record ?? {};
  const keepsEnd = name === undefined && kind !== 'commands' && failure === undefined;
  return keepsEnd ? endFittedTo(columns, text) : fittedTo(columns, text);
}

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
] as const;

/** Returns a time in its largest whole unit: `5d`, `3h`, `12m`, `7s`. */
export function shortTime(ms: number): string {
  const [unit, unitMs] = UNITS.find(([, each]) => ms >= each) ?? ['s', 1_000];
  return `${Math.max(0, Math.floor(ms / unitMs))}${unit}`;
}
