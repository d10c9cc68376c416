import { exitCodeOfCommand, type RunFailure, type RunRecord } from '../../../lib/contract/index.js';
import { formatUsd, priceOfBuild } from '../../build-price.js';
import { isInConsole } from '../../console-url.js';
import type { RemoteError, RunFailedError } from '../../errors.js';
import type { RunOutcome } from '../../run-types.js';
import { EXIT_CODES } from '../exit-code.js';
import { commandLine, type NextCommand, nextCommands, withCommand } from '../next-commands.js';
import { printProblem } from '../print-problem.js';
import type { SelectingFlags } from '../seedkit-option.js';
import { isInteractive, marksOf, printLine, printResult, type Terminal } from '../terminal.js';
import type { PackingReport, RunCommandResult, SucceededRun } from '../output-types.js';
import { linesOfError } from './describe-failure.js';
import { printEventLine } from './event-lines.js';
import { missingFilesAdvice } from './missing-files.js';
import { missingValueAdvice } from './missing-value.js';
import type { OutputFlags } from './output-flags.js';
import { describeSeconds } from '../../durations.js';
import { columnsOf } from '../text-columns.js';

/** The end of a run: an outcome with a value, or an error. */
export type RunEnd =
  | { readonly record: RunRecord; readonly outcome: RunOutcome; readonly consoleUrl: string }
  | { readonly record: RunRecord; readonly error: RemoteError | RunFailedError; readonly consoleUrl: string };

/** Hints for failures of a run, by the code of the failure: texts, or functions of the failure. */
export type AdviceOnFailure = Partial<
  Record<RunFailure['code'], string | ((failure: RunFailure) => string | undefined) | undefined>
>;

/** What the end of a run is printed with. */
export interface EndOptions extends OutputFlags {
  /** Whether the terminal has shown the link at the start of the run. */
  readonly isLinkShown?: boolean | undefined;
  /** Warnings of packing, if this process packed the bundle. */
  readonly report?: PackingReport | undefined;
  /** Whether the user of this command canceled the run, and so knows why it ended. */
  readonly isCanceledHere?: boolean | undefined;
  /** Command line of `run`, which may name files that the build does not have. */
  readonly command?: string | undefined;
  /** Hint for each code of a failure. It replaces that about missing files. */
  readonly adviceOnFailure?: AdviceOnFailure | undefined;
  /** Flags that the next commands repeat. */
  readonly selecting?: SelectingFlags | undefined;
}

/** Prints the end of a run. @returns the exit code */
export function printEnd(end: RunEnd, options: EndOptions, terminal: Terminal): number {
  if ('error' in end) {
    printFailedEnd(end, options, terminal);
    return EXIT_CODES.runFailed;
  }
  const { value, exportedVariables } = end.outcome;
  printRunResult(describeOutcome(end.outcome), options, terminal, () =>
    value === null || value === undefined ? [] : [JSON.stringify(value, undefined, 2)],
  );
  if (!isTalkative(options)) return EXIT_CODES.passed;
  const exported = Object.entries(exportedVariables).map(([name, text]) => `exported ${name}=${text}`);
  for (const line of [...exported, ...closingLines(end, options, terminal)]) printLine(terminal.stderr, line);
  return EXIT_CODES.passed;
}

function isTalkative({ quiet, ndjson }: OutputFlags): boolean {
  return quiet !== true && ndjson !== true;
}

/** Prints the end of a run that did not succeed, with what helps next. */
function printFailedEnd(
  end: Extract<RunEnd, { readonly error: Error }>,
  options: EndOptions,
  terminal: Terminal,
): void {
  const { stderr } = terminal;
  const { error, record } = end;
  const { runId, consoleUrl } = error;
  const { status, failure } = record;
  const failed = { runId, consoleUrl, status, failure, exitCode: exitCodeOfCommand(failure) };
  printRunResult(failed, options, terminal, () => []);
  if (options.isCanceledHere !== true) printError(error, options, terminal);
  if (isTalkative(options)) {
    const advice = adviceOn(record, options, terminal);
    if (advice !== undefined) printProblem(terminal, advice);
    for (const line of closingLines(end, options, terminal)) printLine(stderr, line);
    for (const line of nextCommands(nextAfter(record), record.seedkit, terminal, options.selecting))
      printLine(stderr, line);
  } else if (options.quiet === true && options.json !== true && options.isCanceledHere !== true)
    for (const line of whereToLook(record, options, terminal)) printLine(stderr, line);
}

/** Returns the command that says more about a run that `--quiet` has shown nothing of. */
function whereToLook(
  { runId, seedkit, buildId }: RunRecord,
  { selecting }: EndOptions,
  terminal: Terminal,
): string[] {
  const [text, words] =
    buildId === undefined ? ['More about it:', `runs show ${runId}`] : ['Its log:', `runs logs ${runId}`];
  return withCommand(text, commandLine([words], seedkit, terminal, selecting), terminal);
}

/** Returns a hint about a run that failed. */
function adviceOn(
  record: RunRecord,
  { adviceOnFailure, command }: EndOptions,
  { workingFolder }: Terminal,
): string | undefined {
  const given = record.failure && adviceOnFailure?.[record.failure.code];
  const advice = typeof given === 'function' ? record.failure && given(record.failure) : given;
  return advice ?? missingFilesAdvice(record, command, workingFolder) ?? missingValueAdvice(record);
}

/** Prints the error of a run, with the source code at its place. */
function printError(error: RemoteError | RunFailedError, flags: OutputFlags, terminal: Terminal): void {
  const lines = linesOfError(error, terminal.stderr, terminal.program, flags);
  // A blank line separates the error from what the run printed, and from the closing line.
  const [before, after] = isInteractive(terminal) ? [[''], ['']] : [[], []];
  for (const line of [...before, ...lines, ...after]) printLine(terminal.stderr, line);
}

/** Prints the result of a command about a run, in the form that its flags ask for. */
export function printRunResult(
  result: RunCommandResult,
  { json = false, ndjson = false, report }: Pick<EndOptions, 'json' | 'ndjson' | 'report'>,
  terminal: Terminal,
  lines: () => readonly string[],
): void {
  const whole = { ...result, ...report };
  if (ndjson) printEventLine(terminal, { type: 'result', ...whole });
  else printResult<'run'>(terminal, json, whole, lines);
}

function columnsOfErrors({ stderr }: Terminal): number | undefined {
  return (stderr.isTTY === true && stderr.columns) || undefined;
}

/**
 * Returns result, duration, costs and link as one line; the link has its own on a terminal that would break it. A link
 * that the terminal has shown is not repeated.
 */
function closingLines(
  { record, consoleUrl }: RunEnd,
  { isLinkShown }: EndOptions,
  terminal: Terminal,
): string[] {
  const { passed, failed, separator, colour } = marksOf(terminal);
  const { status, durationMs } = record;
  const hasPassed = status === 'SUCCEEDED';
  const mark = hasPassed ? passed : failed;
  const head = mark === '' ? status : `${colour(hasPassed ? 'green' : 'red', mark)} ${status}`;
  const price = priceOfBuild(record);
  const result = [
    durationMs === undefined ? head : `${head} in ${describeSeconds(durationMs)}`,
    ...('usd' in price ? [`about ${formatUsd(price.usd)}`] : []),
  ].join(separator);
  if (isLinkShown === true) return [result];
  const link = isInConsole(consoleUrl) ? consoleUrl : `run ${record.runId}`;
  const line = `${result}${separator}${link}`;
  return columnsOf(line) > (columnsOfErrors(terminal) ?? Infinity) ? [result, link] : [line];
}

/** Returns the commands that help after a run that did not succeed. */
function nextAfter({ runId, buildId }: RunRecord): NextCommand[] {
  const show: NextCommand = [`runs show ${runId}`, 'its arguments, times and costs'];
  // Without a build there is no log, and the same request would be refused again.
  if (buildId === undefined) return [show];
  return [
    show,
    [`runs logs ${runId} --verbose`, 'its whole log'],
    [`runs again ${runId}`, 'the same run once more'],
  ];
}

function describeOutcome({ runId, status, value = null, exportedVariables }: RunOutcome): SucceededRun {
  return { runId, status, value, exportedVariables };
}
