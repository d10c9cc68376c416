import { fittedLines } from './print-problem.js';
import { fits, formatTable, layoutOf, type TableLayout } from './table.js';
import type { Terminal } from './terminal.js';
import { shortIds, SHOWN_MIN } from './ids/short-ids.js';

/** Columns that the shortened text of a row keeps beside a whole id, and beside a short one. */
export const TEXT_MIN = { besideWhole: 32, besideShort: 16 } as const;

/** One way to write the rows of a table. */
export interface Form {
  readonly rows: readonly (readonly string[])[];
  /** As of the table's layout. */
  readonly shortenedMin?: number;
}

/** Formats a table in the first form whose rows fit into one line each; if none does, in the last form. */
export function formatFitting(
  head: readonly string[],
  forms: readonly [...Form[], Form],
  layout: TableLayout,
): string[] {
  const fitting = forms.findIndex(({ rows, ...own }) => fits(head, rows, { ...layout, ...own }));
  const { rows, ...own } = forms.at(fitting) ?? forms[0];
  return formatTable(head, rows, { ...layout, ...own });
}

/**
 * Formats a table with ids of runs or maps. On a terminal that is too narrow for whole ids, they have the characters
 * that tell them apart. If an id in the first column has a line of its own, it is whole.
 * @param column index of the column with the ids
 */
export function formatIdTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  column: number,
  layout: TableLayout,
): string[] {
  const ids = rows.map((row) => row[column] ?? '');
  const rowsWith = (shown: readonly string[]) =>
    rows.map((row, index) => row.with(column, shown[index] ?? ''));
  const short = { rows: rowsWith(shortIds(ids, SHOWN_MIN.narrow)) };
  return formatFitting(
    head,
    [
      { rows, shortenedMin: TEXT_MIN.besideWhole },
      { rows: rowsWith(shortIds(ids, SHOWN_MIN.roomy)), shortenedMin: TEXT_MIN.besideShort },
      short,
      column === 0 ? { rows } : short,
    ],
    layout,
  );
}

/**
 * Formats a list as a table. On a terminal, an empty list is a sentence that says how to make the first entry.
 * Programs get the head alone.
 * @param idColumn index of the column with ids of runs or maps, if the list has some
 */
export function formatList(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  terminal: Terminal,
  nothing: string,
  idColumn?: number,
): string[] {
  if (rows.length === 0 && terminal.stdout.isTTY === true)
    return fittedLines(terminal.stdout, terminal.program, nothing);
  const layout = layoutOf(terminal);
  return idColumn === undefined
    ? formatTable(head, rows, layout)
    : formatIdTable(head, rows, idColumn, layout);
}
