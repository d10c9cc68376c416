import type { MapRecord, OnError } from '../../../lib/contract/index.js';
import type { MapOrder } from '../../map-types.js';
import { EXIT_CODES } from '../exit-code.js';
import { openSeedkit } from '../open-seedkit.js';
import { oneLine } from '../printable.js';
import type { SeedkitOption } from '../seedkit-option.js';
import { unlessAborted } from '../signals.js';
import { shortTime } from '../runs/print-runs.js';
import { formatTable, layoutOf } from '../table.js';
import { printLine, printResult, type Terminal } from '../terminal.js';
import { describeProgress, followResults } from './follow-map.js';

/** Flags of `maps show`. */
export interface MapsOptions extends SeedkitOption {
  readonly json?: boolean | undefined;
}

/** Flags of `maps list`. */
export interface ListOptions extends MapsOptions {
  readonly limit: number;
}

/** Flags of `maps wait`. */
export interface WaitOptions extends SeedkitOption {
  readonly order: MapOrder;
}

/** Flags of `maps cancel`. */
export interface CancelMapOptions extends SeedkitOption {
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
  printResult(terminal, options.json === true, records, () => listLines(records, terminal));
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
  return formatTable(head, rows, layoutOf(terminal));
}

/** Prints the progress of a map and, after its end, each run that did not succeed. */
export async function showMap(id: string, options: MapsOptions, terminal: Terminal): Promise<void> {
  const map = await openSeedkit(options).maps.attach(id);
  const [record, progress] = await Promise.all([map.record(), map.progress()]);
  const failures: string[][] = [];
  if (progress.status !== 'RUNNING' && progress.succeeded < progress.total) {
    try {
      for await (const result of map.results({ order: 'input' })) {
        if ('error' in result)
          failures.push([String(result.index), result.status, result.runId, oneLine(result.error.message)]);
      }
    } catch (error) {
      failures.push(['', 'FAILED', '', oneLine((error as Error).message)]);
    }
  }
  printResult(
    terminal,
    options.json === true,
    { mapId: id, record: record ?? null, progress, failures },
    () => [
      describeProgress(progress),
      ...(failures.length === 0 ? [] : ['', ...failureLines(failures, terminal)]),
    ],
  );
}

/** Formats the runs that did not succeed as a table. Ids come first, because they are arguments of other commands. */
function failureLines(failures: readonly string[][], terminal: Terminal): string[] {
  const rows = failures.map(([index = '', status = '', runId = '', why = '']) => [runId, index, status, why]);
  return formatTable(['RUN', 'INPUT', 'STATUS', 'WHY'], rows, layoutOf(terminal));
}

/** Prints the results of a map. @returns the exit code */
export async function waitForMap(id: string, options: WaitOptions, terminal: Terminal): Promise<number> {
  const map = await unlessAborted(openSeedkit(options).maps.attach(id), terminal.interrupted);
  return followResults(map, options, terminal);
}

/** Cancels a map and waits for its end. @returns the exit code */
export async function cancelMap(id: string, options: CancelMapOptions, terminal: Terminal): Promise<number> {
  const map = await openSeedkit(options).maps.attach(id);
  const before = await map.progress();
  if (before.status !== 'RUNNING') {
    printLine(terminal.stdout, `${id} had already ended: ${before.status}`);
    return EXIT_CODES.runFailed;
  }
  const progress = await map.cancel(options.reason, { signal: terminal.interrupted });
  printLine(terminal.stdout, `${id} ${describeProgress(progress)}`);
  return progress.status === 'CANCELED' ? EXIT_CODES.passed : EXIT_CODES.runFailed;
}

/** Starts a map over the inputs of another map whose runs did not succeed. @returns the exit code */
export async function repeatMap(id: string, options: RepeatOptions, terminal: Terminal): Promise<number> {
  const { concurrency, onError, name, order, detach } = options;
  const again = openSeedkit(options).maps.again(id, { concurrency, onError, name });
  const map = await unlessAborted(again, terminal.interrupted);
  if (detach !== true) return followResults(map, { order }, terminal);
  printLine(terminal.stdout, map.id);
  return EXIT_CODES.passed;
}
