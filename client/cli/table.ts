import { styleText } from 'node:util';

import Table from 'cli-table3';

import { oneLine } from './printable.js';
import { columnsOf, fittedTo } from './text-columns.js';
import { type Terminal, wantsColour } from './terminal.js';

const PLAIN = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
};
const GAP = PLAIN.middle.length;

/** Columns that a shortened text, and the column's head, keep at least. */
const SHORTENED_MIN = 6;

/** How a table is laid out. */
export interface TableLayout {
  readonly colour: boolean;
  /** Columns of the terminal. Without it, each row is one line with whole texts, for tools such as `grep` and `cut`. */
  readonly columns?: number | undefined;
  /** Indexes of the table's columns whose texts may be shortened, the first one first. @default the last one */
  readonly shortened?: readonly number[];
  /** Columns that a shortened text keeps at least, as long as the first column is beside the others. @default 6 */
  readonly shortenedMin?: number;
  /** Shortens a text of the last column. @default its end is left out */
  readonly shorten?: (text: string, columns: number, row: number) => string;
}

/** Returns the layout of a table on standard output. */
export function layoutOf(terminal: Terminal): TableLayout {
  const { isTTY, columns = 80 } = terminal.stdout;
  // Some containers have a terminal without a size.
  return { colour: wantsColour(terminal), columns: (isTTY === true && columns) || undefined };
}

/** Returns whether each row of a table fits into one line of the terminal, with texts shortened as the layout says. */
export function fits(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  layout: TableLayout,
): boolean {
  const widths = widthsOf([head, ...rows.map((row) => row.map(oneLine))]);
  return sum(fittedWidths(head, widths, layout)) <= (layout.columns ?? Infinity);
}

/**
 * Formats a table without borders. If its rows do not fit the terminal, texts are shortened. If this is not enough, the
 * first text of each row, which is an argument of other commands, has a line of its own. In a still narrower terminal,
 * each text has one.
 */
export function formatTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  layout: TableLayout,
): string[] {
  const { columns } = layout;
  const texts = rows.map((row) => row.map(oneLine));
  if (columns === undefined) return draw(head, texts, layout.colour);
  const widths = widthsOf([head, ...texts]);
  const fitted = fittedWidths(head, widths, layout);
  if (sum(fitted) <= columns || rows.length === 0)
    return draw(head, shortenedTo(fitted, texts, layout), layout.colour);
  const [, ...otherWidths] = fittedWidths(head, [0, ...widths.slice(1)], {
    ...layout,
    shortenedMin: SHORTENED_MIN,
  });
  if (sum([0, ...otherWidths]) > columns) return stacked(head, texts, layout);
  const [name = '', ...others] = head;
  const below = shortenedTo([Infinity, ...otherWidths], texts, layout).map(([, ...rest]) => rest);
  const [headLine = '', ...lines] = draw(others, below, layout.colour);
  const heads = [layout.colour ? bold(name) : name, `  ${headLine}`];
  return [...heads, ...lines.flatMap((line, index) => [texts[index]?.[0] ?? '', `  ${line}`])];
}

/** Formats each row as lines: its first text, and below it each other one behind the head of its column. */
function stacked(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  layout: TableLayout,
): string[] {
  const [, ...labels] = head;
  const labelWidth = Math.max(...labels.map(columnsOf));
  const width = Math.max(SHORTENED_MIN, (layout.columns ?? Infinity) - labelWidth - 2 * GAP);
  const widths = [Infinity, ...labels.map(() => width)];
  return shortenedTo(widths, rows, layout).flatMap(([name = '', ...texts]) => [
    name,
    ...draw(
      [],
      texts.map((text, index) => [layout.colour ? bold(labels[index] ?? '') : (labels[index] ?? ''), text]),
      layout.colour,
    ).map((line) => `  ${line}`),
  ]);
}

function draw(head: readonly string[], rows: readonly (readonly string[])[], colour: boolean): string[] {
  const table = new Table({
    // Styles of the library depend on the standard output and `CI` of this process, whatever the terminal is.
    head: colour ? head.map(bold) : [...head],
    chars: PLAIN,
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [], compact: true },
  });
  table.push(...rows.map((row) => [...row]));
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd());
}

function bold(text: string): string {
  return styleText('bold', text, { validateStream: false });
}

/** Returns the width of each column, without the gap behind it. */
function widthsOf(rows: readonly (readonly string[])[]): number[] {
  const [head = []] = rows;
  return head.map((_, column) => Math.max(...rows.map((row) => columnsOf(row[column] ?? ''))));
}

function sum(widths: readonly number[]): number {
  return widths.reduce((total, width) => total + width + GAP, -GAP);
}

/** Returns the widths after shortening. They may still be too wide for the terminal. */
function fittedWidths(
  head: readonly string[],
  widths: readonly number[],
  { columns = Infinity, shortened = [widths.length - 1], shortenedMin = SHORTENED_MIN }: TableLayout,
): number[] {
  const fitted = [...widths];
  for (const column of shortened) {
    const width = fitted[column] ?? 0;
    const excess = Math.max(0, sum(fitted) - columns);
    const least = Math.max(shortenedMin, columnsOf(head[column] ?? ''));
    fitted[column] = Math.max(Math.min(width, least), width - excess);
  }
  return fitted;
}

function shortenedTo(
  widths: readonly number[],
  rows: readonly (readonly string[])[],
  { shorten }: TableLayout,
): string[][] {
  return rows.map((row, index) =>
    row.map((text, column) => {
      const width = widths[column] ?? Infinity;
      if (columnsOf(text) <= width) return text;
      return column === row.length - 1 && shorten !== undefined
        ? shorten(text, width, index)
        : fittedTo(width, text);
    }),
  );
}
