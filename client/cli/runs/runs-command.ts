import { type Command, InvalidArgumentError, Option } from 'commander';

import { RUN_STATUSES, type RunRecord, type RunStatus } from '../../../lib/contract/index.js';
import type { HistoryEntry } from '../../run-types.js';
import { openSeedkit, withSeedkitOptions, type SeedkitOption } from '../seedkit-option.js';
import { unlessAborted } from '../signals.js';
import { formatTable } from '../table.js';
import { printLine, printResult, wantsColour, type Terminal } from '../terminal.js';
import { addActions } from './act-on-runs.js';

interface RunsOptions extends SeedkitOption {
  readonly json?: boolean | undefined;
}

interface ListOptions extends RunsOptions {
  readonly limit: number;
  readonly status?: RunStatus | undefined;
}

interface LogsOptions extends RunsOptions {
  readonly follow?: boolean | undefined;
}

/**
 * Adds `codeseeder runs list`, `show`, `logs`, `wait`, `cancel` and `again`.
 * @param end receives the exit code of commands that report the end of runs by it
 */
export function addRunsCommand(program: Command, terminal: Terminal, end: (exitCode: number) => void): void {
  const { interrupted } = terminal;
  const runs = program
    .command('runs')
    .description('list runs, show them, wait for them, cancel or repeat them');
  withSeedkitOptions(runs.command('list'))
    .description('list the latest runs, newest first')
    .option('-n, --limit <count>', 'maximum number of runs', parseLimit, 20)
    .addOption(new Option('--status <status>', 'only runs of this status').choices(RUN_STATUSES))
    .option('--json', 'print the records as JSON')
    .action((options: ListOptions) => unlessAborted(list(options, terminal), interrupted));
  withSeedkitOptions(runs.command('show'))
    .description("show a run's record and the history of its execution")
    .argument('<id>', 'id of the run')
    .option('--json', 'print record and history as JSON')
    .action((id: string, options: RunsOptions) => unlessAborted(show(id, options, terminal), interrupted));
  withSeedkitOptions(runs.command('logs'))
    .description("print a run's log")
    .argument('<id>', 'id of the run')
    .option('-f, --follow', 'wait for further lines until the run ends')
    .option('--json', 'print each line as a JSON object')
    .action((id: string, options: LogsOptions) => unlessAborted(logs(id, options, terminal), interrupted));
  addActions(runs, terminal, end);
}

async function list(options: ListOptions, terminal: Terminal): Promise<void> {
  const { limit, status } = options;
  const records = await openSeedkit(options).runs.list({ limit, status });
  printResult(terminal, options.json === true, records, () =>
    formatTable(
      ['RUN', 'STATUS', 'QUEUED', 'SECONDS', 'TARGET'],
      records.map((record) => [
        record.runId,
        record.failure === undefined ? record.status : `${record.status} ${record.failure.code}`,
        record.queuedAt,
        record.durationMs === undefined ? '' : (record.durationMs / 1_000).toFixed(1),
        record.target ?? '',
      ]),
      wantsColour(terminal),
    ),
  );
}

async function show(id: string, options: RunsOptions, terminal: Terminal): Promise<void> {
  const kit = openSeedkit(options);
  const run = await kit.attach(id);
  const [record, history] = await Promise.all([run.record(), run.history()]);
  const result = { runId: id, consoleUrl: run.consoleUrl, record: record ?? null, history };
  printResult(terminal, options.json === true, result, () => [
    ...formatTable(['RUN', id], record === undefined ? [] : recordRows(record), wantsColour(terminal)),
    '',
    ...historyLines(history, wantsColour(terminal)),
    '',
    run.consoleUrl,
  ]);
}

/** Formats the history of an execution as a table. */
export function historyLines(history: readonly HistoryEntry[], colour: boolean): string[] {
  const startedAtMs = history[0]?.timestampMs ?? 0;
  return formatTable(
    ['#', 'SECONDS', 'EVENT', 'STATE', 'FAILURE'],
    history.map((entry) => [
      String(entry.id),
      ((entry.timestampMs - startedAtMs) / 1_000).toFixed(3),
      entry.type,
      entry.state ?? '',
      entry.failure ?? '',
    ]),
    colour,
  );
}

async function logs(id: string, options: LogsOptions, terminal: Terminal): Promise<void> {
  const run = await openSeedkit(options).attach(id);
  const lines = run.logs({ signal: terminal.interrupted, follow: options.follow === true });
  for await (const line of lines) {
    if (options.json === true) printLine(terminal.stdout, JSON.stringify(line));
    else if (terminal.stdout.isTTY === true) printLine(terminal.stdout, line.message);
    // A file or a program gets the log as the build wrote it.
    else terminal.stdout.write(`${line.message}\n`);
  }
}

function recordRows(record: RunRecord): string[][] {
  return Object.entries(record).map(([attribute, value]) => [
    attribute,
    typeof value === 'string' ? value : JSON.stringify(value),
  ]);
}

function parseLimit(text: string): number {
  const limit = Number(text);
  if (!Number.isInteger(limit) || limit < 1)
    throw new InvalidArgumentError('Give a whole number of at least 1.');
  return limit;
}
