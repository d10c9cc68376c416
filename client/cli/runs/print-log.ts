import { isTerminal } from '../../../lib/contract/index.js';
import type { LogLine, Run } from '../../run-types.js';
import { tellOn } from '../ids/find-named.js';
import { findRun } from '../ids/find-run.js';
import { openSeedkit } from '../open-seedkit.js';
import { LogFold } from '../run/fold-log.js';
import { linesOfNews, logCommandOf } from '../run/folded-display.js';
import { knownCommands } from '../run/known-commands.js';
import { printJsonLine, printLine, type Terminal } from '../terminal.js';
import type { RunsOptions } from './runs-options.js';

/** Flags of `runs logs`. */
export interface LogsOptions extends RunsOptions {
  readonly follow?: boolean | undefined;
  readonly verbose?: boolean | undefined;
}

/**
 * Prints a run's log: on a terminal folded as `run` does, unless `--verbose` is given. A file or a program gets the log
 * as the build wrote it, so that it can be searched and kept.
 */
export async function printLog(named: string, options: LogsOptions, terminal: Terminal): Promise<void> {
  const { stdout } = terminal;
  const run = await findRun(named, openSeedkit(options), tellOn(terminal));
  const lines = run.logs({ signal: terminal.interrupted, follow: options.follow === true });
  if (options.json === true)
    for await (const line of lines) printJsonLine<'runs logs --json'>(terminal, line);
  else if (stdout.isTTY !== true) for await (const { message } of lines) stdout.write(`${message}\n`);
  else if (options.verbose === true) for await (const { message } of lines) printLine(stdout, message);
  else await printFolded(run, lines, options, terminal);
  const record = await run.record();
  if (record !== undefined && isTerminal(record.status) && record.buildId === undefined)
    printLine(terminal.stderr, 'The run ended before it had a build, so there is no log.');
}

async function printFolded(
  run: Run,
  lines: AsyncIterable<LogLine>,
  options: LogsOptions,
  terminal: Terminal,
): Promise<void> {
  const { stdout, stderr } = terminal;
  const fold = new LogFold(await knownCommands(run, options), logCommandOf(run.id, options, terminal));
  const print = (news: ReturnType<LogFold['read']>) =>
    news.flatMap((each) => linesOfNews(each, terminal)).forEach((line) => printLine(stdout, line));
  for await (const { message } of lines)
    for (const line of message.split('\n')) print(fold.read(line.replace(/\r$/, '')));
  const record = await run.record();
  print(fold.close(record?.failure !== undefined, new Set()));
  if (record === undefined || isTerminal(record.status)) return;
  const phase = fold.phase === undefined ? '' : ` in the phase ${fold.phase}`;
  printLine(stderr, `The run is ${record.status}${phase}. Add --follow to wait for further lines.`);
}
