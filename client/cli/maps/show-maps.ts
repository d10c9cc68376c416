import { failureLine, type MapRecord, type OnError } from '../../../lib/contract/index.js';
import type { MapOrder, RemoteMap } from '../../map-types.js';
import { problemOf } from '../describe-error.js';
import { EXIT_CODES } from '../exit-code.js';
import { findMap, findMapId } from '../ids/find-map.js';
import { tellOn } from '../ids/find-named.js';
import { type ListFlags, printList } from '../list-output.js';
import { wrapped } from '../help/wrapped.js';
import { formatIdTable, formatList } from '../list-table.js';
import { nextCommands } from '../next-commands.js';
import { connectionOf, openSeedkit } from '../open-seedkit.js';
import type { MapFailure, ShownMap } from '../output-types.js';
import { fittedLines } from '../print-problem.js';
import { oneLine } from '../printable.js';
import { fittedTo } from '../text-columns.js';
import { JSON_LINE_MAX } from '../runs/shortened-json.js';
import type { SeedkitOption } from '../seedkit-option.js';
import { unlessAborted } from '../signals.js';
import { shortTime } from '../short-time.js';
import { layoutOf } from '../table.js';
import { isInteractive, printLine, printResult, type Terminal } from '../terminal.js';
import { describeMap, describeProgress, followResults, printWholeResult } from './follow-map.js';
import { nextAfterFailures, nextWhileRunning } from './next-of-map.js';

/** Columns of an input in a table on a terminal. */
const INPUT_COLUMNS = 30;

/** Columns of a terminal below which failures are no table, because their reasons would be cut to a few characters. */
const TABLE_MIN = 60;

/** Flags of commands that print JSON with `--json`. */
export interface MapsOptions extends SeedkitOption {
  readonly json?: boolean | undefined;
}

/** Flags of `maps list`. */
export interface ListOptions extends MapsOptions, ListFlags {
  readonly limit: number;
}

/** Flags of `maps wait`. */
export interface WaitOptions extends MapsOptions {
  readonly order: MapOrder;
}

/** Flags of `maps cancel`. */
export interface CancelMapOptions extends MapsOptions {
  readonly reason?: string | undefined;
}

/** Flags of `maps again`. */
export interface RepeatOptions extends WaitOptions {
  readonly concurrency?: number | undefined;
  readonly onError?: OnError | undefined;
  readonly name?: string | undefined;
  readonly detach?: boolean | undefined;
}

/** Prints the latest maps. */
export async function listMaps(options: ListOptions, terminal: Terminal): Promise<void> {
  const records = await openSeedkit(options).maps.list({ limit: options.limit });
  printList<'maps list'>(terminal, options, records, {
    nameOf: ({ mapId }) => mapId,
    lines: () => listLines(records, terminal),
  });
}

/** Formats maps as a table. On a terminal, it has the age of each instead of the time, as the list of runs. */
function listLines(records: readonly MapRecord[], terminal: Terminal): string[] {
  const isShort = terminal.stdout.isTTY === true;
  const nowMs = Date.now();
  const rows = records.map((record) => [
    record.mapId,
    record.status,
    isShort ? shortTime(nowMs - Date.parse(record.queuedAt)) : record.queuedAt,
    String(record.total),
    String(record.failed ?? ''),
    record.name ?? record.target,
  ]);
  const head = ['MAP', 'STATUS', isShort ? 'AGE' : 'QUEUED', 'INPUTS', 'FAILED', 'TARGET'];
  return formatList(
    head,
    rows,
    terminal,
    "No maps. To start one: codeseeder map 'FILE#FUNCTION' inputs.jsonl",
    0,
  );
}

/** Prints the progress of a map and, after its end, each run that did not succeed. */
export async function showMap(named: string, options: MapsOptions, terminal: Terminal): Promise<void> {
  const map = await findMap(named, openSeedkit(options), tellOn(terminal));
  const [record, progress] = await Promise.all([map.record(), map.progress()]);
  const hasFailures = progress.status !== 'RUNNING' && progress.succeeded < progress.total;
  const found = hasFailures ? await failuresOf(map) : [];
  const lines = found.map(({ line }) => line);
  const known = found.map(({ failure }) => failure);
  const failures = hasFailures ? await withInputs(known, map, options, terminal) : [];
  const shown = { mapId: map.id, record: record ?? null, progress, failures };
  printResult<'maps show'>(terminal, options.json === true, shown, () => [
    ...fittedLines(terminal.stdout, terminal.program, describeProgress(progress)),
    ...(failures.length === 0 ? [] : ['', ...failureLines(failures, lines, terminal)]),
    ...problemLines(failures, terminal),
  ]);
  if (options.json === true || !isInteractive(terminal) || record === undefined) return;
  for (const line of nextLines(record, shown, options, terminal)) printLine(terminal.stderr, line);
}

/** Returns the commands that help next. */
function nextLines(
  record: MapRecord,
  { progress, failures }: ShownMap,
  { selecting }: MapsOptions,
  terminal: Terminal,
): string[] {
  if (progress.status === 'RUNNING')
    return nextCommands(nextWhileRunning(record), record.seedkit, terminal, selecting);
  // Without its inputs, a map cannot run again.
  const hasInputs = failures.some(({ inputProblem }) => inputProblem === undefined);
  return hasInputs ? nextAfterFailures(record, { selecting }, terminal, true) : [];
}

/** An input without a successful run, and the line that a list on a terminal has for its failure. */
interface FoundFailure {
  readonly failure: MapFailure;
  readonly line: string;
}

/** Returns the inputs of a map without a successful run. If results could not be read, the last entry says why. */
async function failuresOf(map: RemoteMap): Promise<readonly FoundFailure[]> {
  const found: FoundFailure[] = [];
  try {
    for await (const result of map.results({ order: 'input' })) {
      if (!('error' in result)) continue;
      const { index, status, runId, error } = result;
      const message = oneLine(error.message);
      const recorded = 'record' in result ? result.record.failure : undefined;
      // The first column of the list has the id.
      const line = recorded === undefined ? message.replace(`Run ${runId} `, '') : failureLine(recorded);
      found.push({ failure: { index, status, runId, message }, line });
    }
  } catch (error) {
    const message = oneLine((error as Error).message);
    found.push({ failure: { status: 'FAILED', message }, line: message });
  }
  return found;
}

/** Adds the inputs to failures, or why they could not be read. The failures are worth showing without their inputs. */
async function withInputs(
  failures: readonly MapFailure[],
  { id }: RemoteMap,
  options: SeedkitOption,
  { interrupted }: Terminal,
): Promise<readonly MapFailure[]> {
  const indexes = failures.flatMap(({ index }) => index ?? []);
  const inputs = new Map<number | undefined, unknown>();
  // An input that was removed from the stored ones is not among those that are read.
  let inputProblem: string = 'InputChanged';
  try {
    const { readMapInputs } = await import('../../maps/stored-inputs.js');
    const connection = await connectionOf(options);
    for await (const { index, input } of readMapInputs(id, new Set(indexes), connection, interrupted))
      inputs.set(index, input);
  } catch (error) {
    inputProblem = problemOf(error);
  }
  return failures.map((failure) => {
    if (inputs.has(failure.index)) return { ...failure, input: inputs.get(failure.index) };
    return failure.index === undefined ? failure : { ...failure, inputProblem };
  });
}

/** What the table of failures has in place of an input that could not be read, and what a terminal adds below it. */
const IN_PLACE_OF_INPUT: Readonly<Record<string, readonly [cell: string, sentence: string]>> = {
  InputMissing: ['missing', 'The inputs of this map have expired or were deleted.'],
  InputChanged: ['changed', 'The stored inputs are not all those that this map was started with.'],
};

function inputCell({ input, inputProblem }: MapFailure, columns: number): string {
  if (inputProblem !== undefined) return IN_PLACE_OF_INPUT[inputProblem]?.[0] ?? inputProblem;
  return input === undefined ? '' : fittedTo(columns, JSON.stringify(input));
}

/** Returns why inputs could not be read. */
function problemLines(failures: readonly MapFailure[], { stdout, program }: Terminal): string[] {
  const problem = failures.find(({ inputProblem }) => inputProblem !== undefined)?.inputProblem;
  if (problem === undefined || stdout.isTTY !== true) return [];
  const [, sentence = `The inputs of this map could not be read: ${problem}.`] =
    IN_PLACE_OF_INPUT[problem] ?? [];
  return ['', ...fittedLines(stdout, program, sentence)];
}

/** Formats the runs that did not succeed as a table. Ids come first, because they are arguments of other commands. */
function failureLines(
  failures: readonly MapFailure[],
  lines: readonly string[],
  terminal: Terminal,
): string[] {
  const layout = layoutOf(terminal);
  const isShort = layout.columns !== undefined;
  if (layout.columns !== undefined && layout.columns < TABLE_MIN)
    return failures.flatMap((failure, at) =>
      stackedFailure(failure, lines[at] ?? failure.message, layout.columns ?? TABLE_MIN),
    );
  const rows = failures.map((failure, at) => {
    const { index, status, runId = '', message } = failure;
    return [
      runId,
      String(index ?? ''),
      status,
      inputCell(failure, isShort ? INPUT_COLUMNS : JSON_LINE_MAX),
      isShort ? (lines[at] ?? message) : message,
    ];
  });
  return formatIdTable(['RUN', '#', 'STATUS', 'INPUT', 'WHY'], rows, 0, { ...layout, shortened: [3, 4] });
}

/** Formats a failure as a line with the whole id, and below it status, input and the whole reason. */
function stackedFailure(failure: MapFailure, line: string, columns: number): string[] {
  const { index, runId, status } = failure;
  const input = inputCell(failure, columns);
  const head = [...(index === undefined ? [] : [`input ${index}`]), status, input].filter(Boolean).join(' ');
  const below = [fittedTo(columns - 2, head), ...wrapped(oneLine(line), columns - 2)];
  return [...(runId === undefined ? [] : [runId]), ...below.map((text) => `  ${text}`)];
}

/** Prints the results of a map. @returns the exit code */
export async function waitForMap(named: string, options: WaitOptions, terminal: Terminal): Promise<number> {
  const found = findMap(named, openSeedkit(options), tellOn(terminal));
  const map = await unlessAborted(found, terminal.interrupted);
  const followed = { order: options.order, repeated: options };
  return options.json === true
    ? printWholeResult(map, followed, terminal)
    : followResults(map, followed, terminal);
}

/** Cancels a map and waits for its end. @returns the exit code */
export async function cancelMap(
  named: string,
  options: CancelMapOptions,
  terminal: Terminal,
): Promise<number> {
  const map = await findMap(named, openSeedkit(options), tellOn(terminal));
  const { id } = map;
  const before = await map.progress();
  const hadEnded = before.status !== 'RUNNING';
  const signal = terminal.interrupted;
  const progress = hadEnded ? before : await map.cancel(options.reason, { signal });
  const canceled = !hadEnded && progress.status === 'CANCELED';
  printResult<'maps cancel'>(terminal, options.json === true, { canceled, progress }, () => [
    ...fittedLines(
      terminal.stdout,
      terminal.program,
      hadEnded ? `${id} had already ended: ${progress.status}` : `${id} ${describeProgress(progress)}`,
    ),
  ]);
  return canceled ? EXIT_CODES.passed : EXIT_CODES.runFailed;
}

/** Starts a map over the inputs of another map whose runs did not succeed. @returns the exit code */
export async function repeatMap(named: string, options: RepeatOptions, terminal: Terminal): Promise<number> {
  const { concurrency, onError, name, order, detach, json } = options;
  const kit = openSeedkit(options);
  const start = async () => {
    const id = await findMapId(named, kit, tellOn(terminal));
    terminal.interrupted.throwIfAborted();
    return kit.maps.again(id, { concurrency, onError, name });
  };
  const map = await unlessAborted(start(), terminal.interrupted);
  if (detach !== true) return followResults(map, { order, repeated: options }, terminal);
  printResult<'maps again'>(terminal, json === true, describeMap(map), () => [map.id]);
  return EXIT_CODES.passed;
}
