import { exitCodeOfCommand, type Invocation, type RunRecord } from '../../../lib/contract/index.js';
import type { Connection } from '../../connection/connection.js';
import { isInConsole } from '../../console-url.js';
import type { Run } from '../../run-types.js';
import { problemOf } from '../describe-error.js';
import { tellOn } from '../ids/find-named.js';
import { findRun } from '../ids/find-run.js';
import { type NextCommand, nextCommands } from '../next-commands.js';
import { connectionOf, openSeedkit } from '../open-seedkit.js';
import type { ShownRun } from '../output-types.js';
import { linesOfFailure } from '../run/describe-failure.js';
import { layoutOf } from '../table.js';
import { isInteractive, printLine, printResult, type Terminal } from '../terminal.js';
import { type ReadPart, runLines } from './describe-run.js';
import { historyLines } from './describe-history.js';
import type { RunsOptions } from './runs-options.js';
import { valueLines } from './shortened-json.js';

/** Flags of `runs show`. */
export interface ShowOptions extends RunsOptions {
  readonly history?: boolean | undefined;
}

/**
 * Prints a run: its status, what it runs with which arguments, its times, its error or value, and the commands that
 * help next. With `--json`, prints record, history, arguments and value whole.
 */
export async function showRun(named: string, options: ShowOptions, terminal: Terminal): Promise<void> {
  const isJson = options.json === true;
  const run = await findRun(named, openSeedkit(options), tellOn(terminal));
  const { id } = run;
  const connection = await connectionOf(options);
  const [record, history, invocation] = await Promise.all([
    run.record(),
    isJson || options.history === true ? run.history() : [],
    readOrProblem(() => invocationOf(run, connection)),
  ]);
  const value = record?.status === 'SUCCEEDED' ? await readOrProblem(() => valueOf(record, connection)) : {};
  const result = {
    ...{ runId: id, consoleUrl: run.consoleUrl, record: record ?? null },
    ...{ exitCode: exitCodeOfCommand(record?.failure), history },
    ...argumentsOf(invocation.part),
    value: value.part,
  };
  printResult<'runs show'>(terminal, isJson, result, () => [
    ...runLines({ id, record, invocation, problemOfValue: value.problem }, terminal),
    ...section(value.part === undefined || value.part === null ? [] : valueLines(value.part, id, terminal)),
    ...section(failureLines(record, terminal)),
    ...section(options.history === true ? historyLines(history, layoutOf(terminal)) : []),
    ...section(isInConsole(run.consoleUrl) ? [run.consoleUrl] : []),
  ]);
  if (isJson || !isInteractive(terminal) || record === undefined) return;
  for (const line of nextCommands(nextAfter(record), record.seedkit, terminal, options.selecting))
    printLine(terminal.stderr, line);
}

/** Returns the arguments of a run as members of the JSON document. */
function argumentsOf(invocation: Invocation | undefined): Pick<ShownRun, 'args' | 'kwargs' | 'commands'> {
  switch (invocation?.kind) {
    case 'node':
      return { args: invocation.args };
    case 'python':
      return { args: invocation.args, kwargs: invocation.kwargs };
    case 'commands':
      return { commands: invocation.target };
    default:
      return {};
  }
}

async function invocationOf(run: Run, connection: Connection): Promise<Invocation | undefined> {
  const { readRunInvocation } = await import('../../run/run-invocation.js');
  return (await readRunInvocation(run, connection))?.invocation;
}

async function valueOf(record: RunRecord, connection: Connection): Promise<unknown> {
  const { readValue } = await import('../../run/read-value.js');
  return readValue(record, '', connection);
}

/** Reads a part of a run. One that has expired, or that the caller has no right to read, does not hide the others. */
async function readOrProblem<Part>(read: () => Promise<Part>): Promise<ReadPart<Part>> {
  try {
    return { part: await read() };
  } catch (error) {
    return { problem: problemOf(error) };
  }
}

function failureLines(record: RunRecord | undefined, { stdout, program }: Terminal): string[] {
  return record?.failure === undefined ? [] : linesOfFailure(record.failure, stdout, program);
}

function section(lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', ...lines];
}

/** Returns the commands that help next. */
function nextAfter({ runId, status, buildId }: RunRecord): NextCommand[] {
  if (status === 'QUEUED' || status === 'BUILDING')
    return [
      [`runs wait ${runId}`, 'its log and its value'],
      [`runs cancel ${runId}`, 'stops it'],
    ];
  // Without a build there is no log.
  const logs: NextCommand[] = buildId === undefined ? [] : [[`runs logs ${runId}`, 'its log']];
  return [...logs, [`runs again ${runId}`, 'the same run once more']];
}
