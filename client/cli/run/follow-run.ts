import type { RunRecord } from '../../../lib/contract/index.js';
import { RemoteError, RunFailedError } from '../../errors.js';
import type { WaitOptions } from '../../call-option-types.js';
import type { ProgressListener } from '../../progress-types.js';
import type { Run, RunOutcome } from '../../run-types.js';
import { EXIT_CODES, InterruptedError, WaitedOutError } from '../exit-code.js';
import { severalLines } from '../printable.js';
import { printLine, printResult, type Terminal } from '../terminal.js';
import { openInterruption } from './interruption.js';
import { collectPackingReport, type PackingReport } from './packing-report.js';
import { openProgressDisplay, type ProgressDisplay } from './progress-display.js';

/** Flags that decide how a started run is followed and shown. */
export interface FollowOptions {
  readonly detach?: boolean | undefined;
  readonly json?: boolean | undefined;
}

/** Options that the command line passes to the start of a run. */
export interface StartOptions {
  readonly runId: string;
  readonly onProgress: ProgressListener;
  readonly onLog: (line: string) => void;
  readonly signal: AbortSignal;
}

/**
 * Starts a run and waits for its end, unless `--detach` is given. After the start, signals apply to the run.
 *
 * @returns the exit code
 * @throws InterruptedError if the user canceled the run, or ended the waiting
 */
export async function startAndFollow(
  runId: string,
  start: (options: StartOptions) => Promise<Run>,
  options: FollowOptions,
  terminal: Terminal,
): Promise<number> {
  const display = openProgressDisplay(terminal);
  const interruption = openInterruption(terminal, display, runId, options.detach !== true);
  const { report, onProgress } = collectPackingReport(display.onProgress);
  const { onLog } = display;
  try {
    const signal = interruption.submitting;
    const run = await interruption.untilLeft(
      start({ runId, onProgress, onLog, signal }).catch(orAborted(signal)),
    );
    if (options.detach === true) {
      display.close();
      printResult(terminal, options.json === true, { ...describeRun(run), ...report }, () => [run.id]);
      return EXIT_CODES.passed;
    }
    interruption.follow(run);
    const waiting = { signal: interruption.waiting, onProgress, onLog };
    const end = await interruption.untilLeft(endOf(run, waiting));
    interruption.close();
    display.close();
    const exitCode = printEnd(end, options, terminal, report);
    if (interruption.isCanceling && end.record.status === 'CANCELED')
      throw new InterruptedError(`Canceled the run ${run.id}.`);
    return exitCode;
  } finally {
    interruption.close();
    display.close();
  }
}

/** Flags of `runs wait`. */
export interface WaitForOptions extends FollowOptions {
  /** Maximum minutes to wait. @default unlimited */
  readonly timeout?: number | undefined;
}

/**
 * Waits for an existing run. A signal ends the waiting, not the run.
 *
 * @returns the exit code
 * @throws InterruptedError if the user ended the waiting
 * @throws WaitedOutError if the run did not end within `--timeout`
 */
export async function follow(run: Run, options: WaitForOptions, terminal: Terminal): Promise<number> {
  const display: ProgressDisplay = openProgressDisplay(terminal);
  const { onProgress, onLog } = display;
  const timedOut = new AbortController();
  const { timeout } = options;
  const timer = timeout === undefined ? undefined : setTimeout(() => timedOut.abort(), timeout * 60_000);
  const signal = AbortSignal.any([terminal.interrupted, timedOut.signal]);
  try {
    const end = await endOf(run, { signal, onProgress, onLog });
    display.close();
    return printEnd(end, options, terminal);
  } catch (error) {
    const runningRun = `run ${run.id}, which continues. To wait for it: codeseeder runs wait ${run.id}`;
    if (terminal.interrupted.aborted) throw new InterruptedError(`Left the ${runningRun}`);
    if (timedOut.signal.aborted)
      throw new WaitedOutError(`Waited ${String(timeout)} minutes for the ${runningRun}`);
    throw error;
  } finally {
    clearTimeout(timer);
    display.close();
  }
}

/** The end of a run: an outcome with a value, or an error. */
export type RunEnd =
  | { readonly record: RunRecord; readonly outcome: RunOutcome }
  | { readonly record: RunRecord; readonly error: RemoteError | RunFailedError };

/** Waits for the end of a run. An error of the run is returned, not thrown. */
export async function endOf(run: Run, options: WaitOptions): Promise<RunEnd> {
  try {
    const outcome = await run.outcome(options);
    return { record: outcome.record, outcome };
  } catch (error) {
    if (!(error instanceof RemoteError) && !(error instanceof RunFailedError)) throw error;
    return { record: error.record, error };
  }
}

/** Prints the end of a run. @param report warnings of packing, if this process packed the bundle */
function printEnd(
  end: RunEnd,
  { json = false }: FollowOptions,
  terminal: Terminal,
  report?: PackingReport,
): number {
  if ('outcome' in end) {
    const { value, exportedVariables } = end.outcome;
    for (const [name, exported] of Object.entries(exportedVariables)) {
      printLine(terminal.stderr, `exported ${name}=${exported}`);
    }
    printResult(terminal, json, { ...describeOutcome(end.outcome), ...report }, () =>
      value === null || value === undefined ? [] : [JSON.stringify(value, undefined, 2)],
    );
    return EXIT_CODES.passed;
  }
  const { error, record } = end;
  const { runId, consoleUrl } = error;
  const failed = { runId, consoleUrl, status: record.status, failure: record.failure, ...report };
  printResult(terminal, json, failed, () => []);
  const text = error instanceof RemoteError ? (error.remoteStack ?? error.message) : error.message;
  printLine(terminal.stderr, severalLines(text));
  return EXIT_CODES.runFailed;
}

/** Returns a handler that throws the reason of an abort instead of the error that followed from it. */
function orAborted(signal: AbortSignal): (error: unknown) => never {
  return (error) => {
    signal.throwIfAborted();
    throw error;
  };
}

function describeRun({ id, executionArn, consoleUrl }: Run) {
  return { runId: id, executionArn, consoleUrl };
}

function describeOutcome({ runId, status, value = null, exportedVariables }: RunOutcome) {
  return { runId, status, value, exportedVariables };
}
