import { failureLine } from '../../../lib/contract/index.js';
import type { MapProgress, MapResult, MapWaitOptions, RemoteMap } from '../../map-types.js';
import { isInConsole } from '../../console-url.js';
import { EXIT_CODES, InterruptedError, UsageError } from '../exit-code.js';
import type { MapResultLine, StartedMap } from '../output-types.js';
import { printProblem } from '../print-problem.js';
import { oneLine } from '../printable.js';
import { isInteractive, printJson, printJsonLine, printLine, type Terminal } from '../terminal.js';
import { repeatedOf } from '../next-commands.js';
import { nextAfterFailures, type RepeatedFlags } from './next-of-map.js';

/** Time between two lines of progress if standard error is not a terminal. */
const LINE_MS = 10_000;

/** What decides how a map is followed. */
export interface FollowedMap extends Pick<MapWaitOptions, 'order'> {
  readonly repeated: RepeatedFlags;
}

type UnsuccessfulResult = Extract<MapResult, { readonly error: Error }>;

/**
 * Prints the results of a map as lines of JSON, each as soon as it is known. Runs that did not succeed are also
 * reported on standard error. If a person reads both outputs on a terminal, they are reported there only.
 *
 * @returns the exit code
 * @throws InterruptedError if the user interrupted the command, while the map continues
 */
export async function followResults(
  map: RemoteMap,
  options: FollowedMap,
  terminal: Terminal,
): Promise<number> {
  const isReadTogether = isOneTerminal(terminal);
  const print = (result: MapResult) => {
    if ('error' in result) printFailure(result, terminal);
    if ('error' in result && isReadTogether) return;
    printJsonLine<'map'>(terminal, described(result));
  };
  return follow(map, options, print, terminal);
}

/**
 * Waits for the end of a map, and prints its results with its progress as one JSON document. Keeps all results in
 * memory. Runs that did not succeed are also reported on standard error, unless a person reads both outputs on a
 * terminal.
 *
 * @returns the exit code
 * @throws InterruptedError if the user interrupted the command, while the map continues
 */
export async function printWholeResult(
  map: RemoteMap,
  options: FollowedMap,
  terminal: Terminal,
): Promise<number> {
  const results: MapResultLine[] = [];
  const isReadTogether = isOneTerminal(terminal);
  const keep = (result: MapResult) => {
    if ('error' in result && !isReadTogether) printFailure(result, terminal);
    results.push(described(result));
  };
  const exitCode = await follow(map, options, keep, terminal);
  const progress = await map.progress();
  const { id: mapId, consoleUrl } = map;
  printJson<'maps wait'>(terminal, { mapId, consoleUrl, status: progress.status, progress, results });
  return exitCode;
}

/** Returns whether a person reads standard output and standard error together. */
function isOneTerminal({ stdout, stderr }: Terminal): boolean {
  return stdout.isTTY === true && stderr.isTTY === true;
}

function printFailure(result: UnsuccessfulResult, terminal: Terminal): void {
  const { index, status, runId, error } = result;
  const recorded = 'record' in result ? result.record.failure : undefined;
  const line = recorded === undefined ? error.message : failureLine(recorded);
  printProblem(terminal, `input ${index} ${status} ${runId}: ${oneLine(line)}`);
}

async function follow(
  map: RemoteMap,
  { order, repeated }: FollowedMap,
  print: (result: MapResult) => void,
  terminal: Terminal,
): Promise<number> {
  const link = isInConsole(map.consoleUrl) ? `: ${map.consoleUrl}` : '';
  printProblem(terminal, `map ${map.id} over ${map.total} inputs${link}`);
  const display = progressLines(terminal);
  const { interrupted: signal } = terminal;
  let isEveryOk = true;
  try {
    for await (const result of map.results({ order, signal, onMapProgress: display.show })) {
      display.clear();
      if ('error' in result) isEveryOk = false;
      print(result);
    }
    const last = await map.wait({ signal, onMapProgress: undefined });
    display.end(last);
    if (isEveryOk && last.status === 'SUCCEEDED') return EXIT_CODES.passed;
    const record = await map.record();
    if (record === undefined) return EXIT_CODES.runFailed;
    for (const line of nextAfterFailures(record, repeated, terminal)) printLine(terminal.stderr, line);
    return EXIT_CODES.runFailed;
  } catch (error) {
    display.clear();
    if (signal.aborted)
      throw new InterruptedError(
        `Left the map ${map.id}, which continues. To wait for it: ${repeatedOf(`maps wait ${map.id}`, repeated, terminal)}`,
      );
    if (!isRunError(error)) throw error;
    printLine(terminal.stderr, oneLine(error.message));
    return EXIT_CODES.runFailed;
  }
}

/** Returns a map that `--detach` leaves, as `--json` prints it. */
export function describeMap({ id: mapId, total, executionArn, consoleUrl }: RemoteMap): StartedMap {
  return { mapId, total, executionArn, consoleUrl };
}

/** Returns the one-line description of a map's progress. */
export function describeProgress(progress: MapProgress): string {
  const { status, total, succeeded, failed, running, waiting, perMinute, secondsLeft } = progress;
  const left = secondsLeft === undefined ? '' : `, about ${secondsLeft} s left`;
  const rate = `${perMinute.toFixed(1)}/min${left}`;
  return `${status} ${succeeded + failed}/${total}: ${succeeded} succeeded, ${failed} failed, ${running} running, ${waiting} waiting, ${rate}`;
}

function described(result: MapResult): MapResultLine {
  const { index, runId, status } = result;
  if (!('error' in result)) return { index, runId, status, value: result.value };
  const { code, message } = result.error;
  return { index, runId, status, error: { code, message } };
}

/** Returns whether an error is that of a run, which `onError: 'stop'` throws, and not one of the command. */
function isRunError(error: unknown): error is Error {
  return error instanceof Error && 'runId' in error && !(error instanceof UsageError);
}

interface ProgressLines {
  readonly show: (progress: MapProgress) => void;
  readonly clear: () => void;
  readonly end: (progress: MapProgress) => void;
}

/** Shows progress in a line that is redrawn, or as a new line every ten seconds if there is no terminal. */
function progressLines(terminal: Terminal): ProgressLines {
  const { stderr } = terminal;
  const isLive = isInteractive(terminal);
  const clear = () => void (isLive && stderr.write('\r\u001B[K'));
  let shownAtMs = Date.now();
  return {
    clear,
    show(progress) {
      if (isLive)
        stderr.write(`\r\u001B[K${describeProgress(progress).slice(0, (stderr.columns ?? 80) - 1)}`);
      else if (Date.now() - shownAtMs >= LINE_MS) {
        shownAtMs = Date.now();
        printLine(stderr, describeProgress(progress));
      }
    },
    end(progress) {
      clear();
      printProblem(terminal, describeProgress(progress));
    },
  };
}
