import {
  failureLine,
  CodeseederError,
  type RunRecord,
  type RunStatus,
  type Trigger,
} from '../../../lib/contract/index.js';
import type { Seedkit } from '../../seedkit-types.js';
import { findMapId } from '../ids/find-map.js';
import { tellOn } from '../ids/find-named.js';
import { findRunId } from '../ids/find-run.js';
import { shortIds, SHOWN_MIN } from '../ids/short-ids.js';
import { isTable, type ListFlags, printList } from '../list-output.js';
import { type Form, formatFitting, TEXT_MIN } from '../list-table.js';
import { withCommand } from '../next-commands.js';
import { openSeedkit } from '../open-seedkit.js';
import { fittedLines, printProblem } from '../print-problem.js';
import { quoteWord } from '../quote-word.js';
import { endFittedTo, fittedTo } from '../text-columns.js';
import { shortDuration, shortTime } from '../short-time.js';
import { formatTable, layoutOf, type TableLayout } from '../table.js';
import { isInteractive, printLine, type Terminal } from '../terminal.js';
import type { RunsOptions } from './runs-options.js';

/** Flags of `runs list`. */
export interface ListOptions extends RunsOptions, ListFlags {
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

/** Flags of `runs list` without `--watch`. */
export interface PageOptions extends ListOptions {
  /** Options of the command, without some of them, as words of a shell. */
  readonly given: (without: readonly string[]) => readonly string[];
}

/** Prints the latest runs that match the filters, and on a terminal how to see more. */
export async function printRuns(page: PageOptions, terminal: Terminal): Promise<void> {
  const kit = openSeedkit(page);
  const options = { ...(await withFoundIds(page, kit, terminal)), given: page.given };
  const { until, after, limit } = options;
  const hasHint = isInteractive(terminal) && isTable(options);
  // The hint depends on whether there is one more run than are printed.
  const asked = { ...filtersOf(options), limit: hasHint ? limit + 1 : limit };
  const found = await kit.runs.list({ ...asked, until, after });
  const records = found.slice(0, limit);
  const isForPeople = terminal.stdout.isTTY === true;
  printList<'runs list'>(terminal, options, records, {
    nameOf: ({ runId }) => runId,
    lines: () => (isForPeople ? tableOrNothing(records, options, terminal) : plainTable(records)),
  });
  const missing = records.length === 0 && (await missingSchedule(kit, options));
  if (missing) return printProblem(terminal, missing);
  if (!hasHint) return;
  for (const line of hintAfter(records, found.length > limit, options, terminal))
    printLine(terminal.stderr, line);
}

/** Returns the flags with the whole ids of what `--map` and `--after` name. */
export async function withFoundIds(
  options: ListOptions,
  kit: Seedkit,
  terminal: Terminal,
): Promise<ListOptions> {
  const { map, after } = options;
  const tell = tellOn(terminal);
  return {
    ...options,
    map: map && (await findMapId(map, kit, tell)),
    after: after && (await findRunId(after, kit, tell)),
  };
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

/** Returns how to see runs that are not listed. */
function hintAfter(
  records: readonly RunRecord[],
  hasMore: boolean,
  options: PageOptions,
  terminal: Terminal,
): string[] {
  const { since, after } = options;
  const last = records.at(-1);
  if (hasMore && last !== undefined)
    return withCommand('The next page:', sameList(options, '--after', last.runId, terminal), terminal);
  if (since === undefined) {
    // The list itself says that an empty page has no runs.
    const text = last === undefined ? '' : 'No more runs in the last 30 days. ';
    const further = sameList(options, '--since', '90d', terminal);
    return withCommand(
      `${text}To look further back${text === '' ? ' than 30 days' : ''}:`,
      further,
      terminal,
    );
  }
  const noMore = `${last === undefined ? 'No' : 'No more'} runs since ${since}.`;
  return last === undefined && after !== undefined ? [] : [noMore];
}

/** Returns the command for the same list with another value of an option. */
function sameList(
  { given, map }: PageOptions,
  option: '--after' | '--since',
  value: string,
  { program }: Terminal,
): string {
  // `latest` may name another map by then.
  const ofMap = map === undefined ? [] : [`--map ${quoteWord(map)}`];
  const words = [...given(['--map', option]), ...ofMap, `${option} ${quoteWord(value)}`];
  return `${program} runs list ${words.join(' ')}`;
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
 * A table whose lines fit the terminal. What gives way first is the end of long targets, then ids are shortened, then
 * only the code of a failure is left, and then not even the code. In a still narrower terminal, whole ids have lines of
 * their own.
 */
export function shortTable(records: readonly RunRecord[], layout: TableLayout): string[] {
  const ids = records.map(({ runId }) => runId);
  const nowMs = Date.now();
  const rowsWith = (shown: readonly string[], status: (record: RunRecord) => string) =>
    records.map((record, index) => [
      shown[index] ?? record.runId,
      status(record),
      shortTime(nowMs - Date.parse(record.queuedAt)),
      record.durationMs === undefined ? '' : shortDuration(record.durationMs),
      shownTarget(record),
    ]);
  const [roomy, narrow] = [shortIds(ids, SHOWN_MIN.roomy), shortIds(ids, SHOWN_MIN.narrow)];
  const { besideWhole, besideShort } = TEXT_MIN;
  const forms: [...Form[], Form] = [
    { rows: rowsWith(ids, statusWithReason), shortenedMin: besideWhole },
    { rows: rowsWith(roomy, statusWithReason), shortenedMin: besideWhole },
    { rows: rowsWith(ids, statusOf), shortenedMin: besideWhole },
    { rows: rowsWith(roomy, statusOf), shortenedMin: besideShort },
    { rows: rowsWith(narrow, statusOf), shortenedMin: besideShort },
    { rows: rowsWith(roomy, statusAlone), shortenedMin: besideShort },
    { rows: rowsWith(narrow, statusAlone) },
    { rows: rowsWith(ids, statusAlone) },
  ];
  const shorten = (text: string, columns: number, row: number) => shortTarget(text, columns, records[row]);
  return formatFitting(HEAD, forms, { ...layout, shorten });
}

const HEAD = ['RUN', 'STATUS', 'AGE', 'TOOK', 'TARGET'];

/** Columns of the beginning of a failure in a list. */
const REASON_COLUMNS = 44;

function statusWithReason({ status, failure }: RunRecord): string {
  return failure === undefined ? status : `${status} ${fittedTo(REASON_COLUMNS, failureLine(failure))}`;
}

function statusOf({ status, failure }: RunRecord): string {
  return failure === undefined ? status : `${status} ${failure.code}`;
}

function statusAlone({ status }: RunRecord): string {
  return status;
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
