import type { RunRecord } from '../../../lib/contract/index.js';
import { RemoteError, RunFailedError } from '../../errors.js';
import type { ProgressListener, Run, RunOutcome, WaitOptions } from '../../seedkit-types.js';
import { EXIT_CODES, InterruptedError, WaitedOutError } from '../exit-code.js';
import { printLine, printResult, type Terminal } from '../terminal.js';
import { openInterruption } from './interruption.js';
import { collectPackingNews, type PackingNews } from './packing-news.js';
import { openProgressDisplay, type ProgressDisplay } from './progress-display.js';

/** How a started run is shown. */
export interface FollowOptions {
  readonly detach?: boolean;
  readonly json?: boolean;
}

/** What starting a run is told. */
export interface StartOptions {
  readonly runId: string;
  readonly onProgress: ProgressListener;
  readonly onLog: (line: string) => void;
  readonly signal: AbortSignal;
}

/**
 * Starts a run, and waits for its end unless it is to be left. Signals are about the run from then on.
 *
 * @returns the exit code
 * @throws InterruptedError when the run was canceled or left
 */
export async function startAndFollow(
  runId: string,
  start: (options: StartOptions) => Promise<Run>,
  options: FollowOptions,
  terminal: Terminal,
): Promise<number> {
  const display = openProgressDisplay(terminal);
  const interruption = openInterruption(terminal, display, runId, options.detach !== true);
  const { news, onProgress } = collectPackingNews(display.onProgress);
  const { onLog } = display;
  try {
    const signal = interruption.submitting;
    const run = await interruption.orLeft(
      start({ runId, onProgress, onLog, signal }).catch(orAborted(signal)),
    );
    if (options.detach === true) {
      display.close();
      printResult(terminal, options.json === true, { ...describeRun(run), ...news }, () => [run.id]);
      return EXIT_CODES.passed;
    }
    interruption.follow(run);
    const waiting = { signal: interruption.waiting, onProgress, onLog };
    const end = await interruption.orLeft(endOf(run, waiting));
    interruption.close();
    display.close();
    const exitCode = printEnd(end, options, terminal, news);
    if (interruption.isCanceling && end.record.status === 'CANCELED')
      throw new InterruptedError(`Canceled the run ${run.id}.`);
    return exitCode;
  } finally {
    interruption.close();
    display.close();
  }
}

/** How a run that goes on is waited for. */
export interface WaitForOptions extends FollowOptions {
  /** Minutes to wait at most. @default as long as it takes */
  readonly timeout?: number;
}

/**
 * Waits for a run that somebody started; a signal leaves it alone.
 *
 * @returns the exit code
 * @throws InterruptedError when the run was left
 * @throws WaitedOutError when the time was over first
 */
export async function follow(run: Run, options: WaitForOptions, terminal: Terminal): Promise<number> {
  const display: ProgressDisplay = openProgressDisplay(terminal);
  const { onProgress, onLog } = display;
  const timeOver = new AbortController();
  const { timeout } = options;
  const timer = timeout === undefined ? undefined : setTimeout(() => timeOver.abort(), timeout * 60_000);
  const signal = AbortSignal.any([terminal.interrupted, timeOver.signal]);
  try {
    const end = await endOf(run, { signal, onProgress, onLog });
    display.close();
    return printEnd(end, options, terminal);
  } catch (error) {
    const goesOn = `run ${run.id}, which goes on: codeseeder runs wait ${run.id}`;
    if (terminal.interrupted.aborted) throw new InterruptedError(`Left the ${goesOn}`);
    if (timeOver.signal.aborted)
      throw new WaitedOutError(`Waited ${String(timeout)} minutes for the ${goesOn}`);
    throw error;
  } finally {
    clearTimeout(timer);
    display.close();
  }
}

/** How a run ended: with a value, or with what it failed with. */
export type RunEnd =
  | { readonly record: RunRecord; readonly outcome: RunOutcome }
  | { readonly record: RunRecord; readonly error: RemoteError | RunFailedError };

/** Waits for a run's end, whichever it is. */
export async function endOf(run: Run, options: WaitOptions): Promise<RunEnd> {
  try {
    const outcome = await run.outcome(options);
    return { record: outcome.record, outcome };
  } catch (error) {
    if (!(error instanceof RemoteError) && !(error instanceof RunFailedError)) throw error;
    return { record: error.record, error };
  }
}

/** @param news what packing told, where it was done here */
function printEnd(
  end: RunEnd,
  { json = false }: FollowOptions,
  terminal: Terminal,
  news?: PackingNews,
): number {
  if ('outcome' in end) {
    const { value } = end.outcome;
    printResult(terminal, json, { ...describeOutcome(end.outcome), ...news }, () =>
      value === null ? [] : [JSON.stringify(value, undefined, 2)],
    );
    return EXIT_CODES.passed;
  }
  const { error, record } = end;
  const { runId, consoleUrl } = error;
  const failed = { runId, consoleUrl, status: record.status, failure: record.failure, ...news };
  printResult(terminal, json, failed, () => []);
  const text = error instanceof RemoteError ? (error.remoteStack ?? error.message) : error.message;
  printLine(terminal.stderr, text);
  return EXIT_CODES.runFailed;
}

/** What broke off because a signal came says less than that it came. */
function orAborted(signal: AbortSignal): (error: unknown) => never {
  return (error) => {
    signal.throwIfAborted();
    throw error;
  };
}

function describeRun({ id, executionArn, consoleUrl }: Run) {
  return { runId: id, executionArn, consoleUrl };
}

function describeOutcome({ runId, status, value, exportedVariables }: RunOutcome) {
  return { runId, status, value, exportedVariables };
}
