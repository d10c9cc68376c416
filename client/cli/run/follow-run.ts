import { RemoteError, RunFailedError } from '../../errors.js';
import type { WaitOptions } from '../../call-option-types.js';
import type { ProgressListener } from '../../progress-types.js';
import type { Run } from '../../run-types.js';
import { EXIT_CODES, InterruptedError, WaitedOutError } from '../exit-code.js';
import { isInteractive, type Terminal } from '../terminal.js';
import { loggedLinesOf } from './describe-failure.js';
import { openInterruption } from './interruption.js';
import type { StartedRun } from '../output-types.js';
import type { OutputFlags } from './output-flags.js';
import { collectPackingReport } from './packing-report.js';
import { type AdviceOnFailure, type EndOptions, printEnd, printRunResult, type RunEnd } from './print-end.js';
import type { SeedkitOption } from '../seedkit-option.js';
import { repeatedOf } from '../next-commands.js';
import { openProgressDisplay, type ProgressDisplay } from './progress-display.js';

/** What the command line knows about the code of a run. */
export interface KnownSource {
  /** Commands of the user, as they are in the run's options. Some become known after the start. */
  readonly commands: readonly string[];
  /** Command line of `run`; absent for functions and for runs that another process described. */
  readonly command?: string | undefined;
}

/** Flags that decide how a started run is followed and shown. */
export interface FollowOptions extends OutputFlags, SeedkitOption {
  readonly detach?: boolean | undefined;
  readonly known?: KnownSource | undefined;
  readonly adviceOnFailure?: AdviceOnFailure | undefined;
  /** Whether the command packs code, and so reports the warnings of packing. @default true */
  readonly packs?: boolean | undefined;
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
  const display = openProgressDisplay(terminal, { ...options, commands: options.known?.commands, runId });
  const interruption = openInterruption(terminal, display, runId, options);
  let submittedTo: string | undefined;
  const { report: packed, onProgress } = collectPackingReport((event) => {
    if (event.type === 'submitted') submittedTo = event.consoleUrl;
    display.onProgress(event);
  });
  const report = options.packs === false ? undefined : packed;
  const { onLog } = display;
  try {
    const signal = interruption.submitting;
    const run = await interruption.untilLeft(
      start({ runId, onProgress, onLog, signal }).catch(orAborted(signal)),
    );
    if (options.detach === true) {
      display.close();
      printRunResult(describeRun(run), { ...options, report }, terminal, () => [run.id]);
      return EXIT_CODES.passed;
    }
    interruption.follow(run);
    const waiting = { signal: interruption.waiting, onProgress, onLog };
    const end = await interruption.untilLeft(endOf(run, waiting));
    interruption.close();
    const isCanceledHere = interruption.isCanceling && end.record.status === 'CANCELED';
    // A log, unlike a terminal, is read from its end.
    const isLinkShown = isInteractive(terminal) && submittedTo === end.consoleUrl;
    const exitCode = showEnd(end, { ...options, report, isCanceledHere, isLinkShown }, display, terminal);
    if (isCanceledHere) throw new InterruptedError(`Canceled the run ${run.id}.`);
    return exitCode;
  } finally {
    interruption.close();
    display.close();
  }
}

/** Ends the display, and prints the end of the run. @returns the exit code */
function showEnd(
  end: RunEnd,
  options: EndOptions & FollowOptions,
  display: ProgressDisplay,
  terminal: Terminal,
): number {
  const error = 'error' in end ? end.error : undefined;
  const hasFailed = error !== undefined && error.record.status !== 'CANCELED';
  display.close({ hasFailed, errorLines: error === undefined ? new Set() : loggedLinesOf(error) });
  return printEnd(end, { ...options, command: options.known?.command }, terminal);
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
  const shown = { ...options, commands: options.known?.commands, runId: run.id };
  const display = openProgressDisplay(terminal, shown);
  const { onProgress, onLog } = display;
  const timedOut = new AbortController();
  const { timeout } = options;
  const timer = timeout === undefined ? undefined : setTimeout(() => timedOut.abort(), timeout * 60_000);
  const signal = AbortSignal.any([terminal.interrupted, timedOut.signal]);
  try {
    const end = await endOf(run, { signal, onProgress, onLog });
    return showEnd(end, options, display, terminal);
  } catch (error) {
    const runningRun = `run ${run.id}, which continues. To wait for it: ${repeatedOf(`runs wait ${run.id}`, options, terminal)}`;
    if (terminal.interrupted.aborted) throw new InterruptedError(`Left the ${runningRun}`);
    if (timedOut.signal.aborted)
      throw new WaitedOutError(`Waited ${String(timeout)} minutes for the ${runningRun}`);
    throw error;
  } finally {
    clearTimeout(timer);
    display.close();
  }
}

/** Waits for the end of a run. An error of the run is returned, not thrown. */
export async function endOf(run: Run, options: WaitOptions): Promise<RunEnd> {
  const { consoleUrl } = run;
  try {
    const outcome = await run.outcome(options);
    return { record: outcome.record, outcome, consoleUrl };
  } catch (error) {
    if (!(error instanceof RemoteError) && !(error instanceof RunFailedError)) throw error;
    return { record: error.record, error, consoleUrl: error.consoleUrl };
  }
}

/** Returns a handler that throws the reason of an abort instead of the error that followed from it. */
function orAborted(signal: AbortSignal): (error: unknown) => never {
  return (error) => {
    signal.throwIfAborted();
    throw error;
  };
}

function describeRun({ id, executionArn, consoleUrl }: Run): StartedRun {
  return { runId: id, executionArn, consoleUrl };
}
