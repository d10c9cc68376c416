import type { RunRecord } from '../../../lib/contract/index.js';
import { isInConsole } from '../../console-url.js';
import type { HistoryEntry } from '../../run-types.js';
import { openSeedkit } from '../open-seedkit.js';
import { severalLines } from '../printable.js';
import { describeFailure } from '../run/print-end.js';
import type { SeedkitOption } from '../seedkit-option.js';
import { formatTable, layoutOf, type TableLayout } from '../table.js';
import { printJsonLine, printLine, printResult, wantsColour, type Terminal } from '../terminal.js';

/** Flags of `runs show`. */
export interface RunsOptions extends SeedkitOption {
  readonly json?: boolean | undefined;
}

/** Flags of `runs logs`. */
export interface LogsOptions extends RunsOptions {
  readonly follow?: boolean | undefined;
}

/** Prints a run's record and the history of its execution. */
export async function showRun(id: string, options: RunsOptions, terminal: Terminal): Promise<void> {
  const kit = openSeedkit(options);
  const run = await kit.attach(id);
  const [record, history] = await Promise.all([run.record(), run.history()]);
  const result = { runId: id, consoleUrl: run.consoleUrl, record: record ?? null, history };
  printResult<'runs show'>(terminal, options.json === true, result, () => [
    ...formatTable(['RUN', id], record === undefined ? [] : recordRows(record), {
      colour: wantsColour(terminal),
    }),
    ...(record?.failure === undefined
      ? []
      : ['', ...describeFailure(record.failure, layoutOf(terminal).columns).map(severalLines)]),
    '',
    ...historyLines(history, layoutOf(terminal)),
    ...(isInConsole(run.consoleUrl) ? ['', run.consoleUrl] : []),
  ]);
}

/** Formats the history of an execution as a table. */
function historyLines(history: readonly HistoryEntry[], layout: TableLayout): string[] {
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
    { ...layout, shortened: [4, 3, 2] },
  );
}

/** Prints a run's log. */
export async function printLog(id: string, options: LogsOptions, terminal: Terminal): Promise<void> {
  const run = await openSeedkit(options).attach(id);
  const lines = run.logs({ signal: terminal.interrupted, follow: options.follow === true });
  for await (const line of lines) {
    if (options.json === true) printJsonLine<'runs logs --json'>(terminal, line);
    else if (terminal.stdout.isTTY === true) printLine(terminal.stdout, line.message);
    // A file or a program gets the log as the build wrote it.
    else terminal.stdout.write(`${line.message}\n`);
  }
}

/** Returns the members of a record. The failure has its code, because its text follows the table. */
function recordRows({ runId: _, failure, bundle, expiresAt, ...record }: RunRecord): string[][] {
  const layers = bundle?.layers ?? [];
  const sizeBytes = layers.reduce((sum, layer) => sum + layer.sizeBytes, 0);
  const rows = Object.entries({
    ...record,
    failure: failure?.code,
    bundle: bundle && `${layers.length} ${layers.length === 1 ? 'layer' : 'layers'}, ${sizeBytes} bytes`,
    expiresAt: new Date(expiresAt * 1_000).toISOString(),
  });
  return rows
    .filter(([, value]) => value !== undefined)
    .map(([attribute, value]) => [attribute, typeof value === 'string' ? value : JSON.stringify(value)]);
}
