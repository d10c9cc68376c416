import type { RunRecord } from '../../../lib/contract/index.js';
import type { WatchedRuns } from '../../seedkit-types.js';
import { UsageError } from '../exit-code.js';
import { openSeedkit } from '../open-seedkit.js';
import { oneLine, withoutColours } from '../printable.js';
import { printJsonLine, printLine, wantsColour, type Terminal } from '../terminal.js';
import { filtersOf, type ListOptions, plainCells, shortTable, withFoundIds } from './print-runs.js';

/** Lines of the picture other than runs: the head of the table, a line below it, and that of the cursor. */
const OTHER_LINES = 3;

/**
 * Follows a list of runs until the command is interrupted. On a terminal, the list is drawn again in its place.
 * Elsewhere, each change is a line.
 * @throws UsageError for flags that select older runs
 */
export async function watchRuns(options: ListOptions, terminal: Terminal): Promise<void> {
  const old = options.until === undefined ? options.after && '--after' : '--until';
  if (old !== undefined)
    throw new UsageError(`--watch follows the newest runs, so it takes no ${old}. Leave out one of the two.`);
  const print = printerOf(options, terminal);
  const kit = openSeedkit(options);
  const found = await withFoundIds(options, kit, terminal);
  const filters = { ...filtersOf(found), signal: terminal.interrupted };
  for await (const list of kit.runs.watch(filters)) {
    if (terminal.interrupted.aborted) return;
    print(list);
  }
}

/** Returns a function that shows a list, and then what has changed in it. */
export function printerOf(
  options: Pick<ListOptions, 'json' | 'ndjson'>,
  terminal: Terminal,
): (list: WatchedRuns) => void {
  if (options.json === true || options.ndjson === true)
    return ({ changed }) =>
      changed.forEach((run) => printJsonLine<'runs list --watch --json'>(terminal, run));
  // Some containers have a terminal without a size, on which nothing can be drawn again.
  const { isTTY, columns } = terminal.stdout;
  return isTTY === true && columns !== 0 ? pictureOf(terminal) : linesOf(terminal);
}

/** Prints a line for each change that a line shows: the cells of the plain table, separated by two spaces. */
function linesOf({ stdout }: Terminal): (list: WatchedRuns) => void {
  const shown = new Map<string, string>();
  return ({ runs, changed }) => {
    for (const run of changed) {
      const line = plainCells(run).map(oneLine).join('  ').trimEnd();
      if (shown.get(run.runId) !== line) printLine(stdout, line);
      shown.set(run.runId, line);
    }
    const listed = new Set(runs.map(({ runId }) => runId));
    for (const runId of shown.keys()) if (!listed.has(runId)) shown.delete(runId);
  };
}

/** Draws the list over the picture before, within the size of the terminal. */
function pictureOf(terminal: Terminal): (list: WatchedRuns) => void {
  const { stdout } = terminal;
  let drawn: readonly number[] = [];
  return ({ runs }) => {
    const { columns = 80, rows = 24 } = stdout;
    const room = Math.max(1, rows - OTHER_LINES);
    // In the last column of a terminal, the sequence that clears the rest of a line may clear a character.
    const width = columns - 1;
    const draw = (list: readonly RunRecord[]) =>
      shortTable(list, { colour: wantsColour(terminal), columns: width });
    let fitting = runs.slice(0, room);
    let table = draw(fitting);
    // On a narrow terminal, a row has two lines.
    if (table.length > room + 1) {
      fitting = runs.slice(0, Math.max(1, Math.floor((room - 1) / 2)));
      table = draw(fitting);
    }
    const lines = [...table, watchLine(runs.length, fitting.length)].map((line) => fittedTo(width, line));
    // A terminal that has become narrower since shows a line of the former picture as several lines.
    const height = drawn.reduce((sum, length) => sum + Math.max(1, Math.ceil(length / columns)), 0);
    stdout.write(height === 0 ? '' : `\u001B[${height}A\r`);
    stdout.write(`${lines.map((line) => `${line}\u001B[K`).join('\n')}\n\u001B[J`);
    drawn = lines.map((line) => withoutColours(line).length);
  };
}

function watchLine(all: number, shown: number): string {
  const time = new Date().toISOString().slice(11, 19);
  const hidden = shown < all ? `, ${all - shown} more do not fit` : '';
  return all === 0 ? `No runs yet at ${time}Z.` : `At ${time}Z${hidden}. Ctrl-C ends.`;
}

function fittedTo(width: number, line: string): string {
  const text = withoutColours(line);
  return text.length <= width ? line : text.slice(0, width);
}
