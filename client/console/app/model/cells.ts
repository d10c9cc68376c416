/** Places the cells of a grid. */

/** Width and height of a cell with the space around it, in pixels. */
export const CELL = 16;

/** Returns the number of cells in a row of a grid. */
export function columnsOf(width: number): number {
  return Math.max(1, Math.floor(width / CELL));
}

/** Returns the number of rows of a grid. */
export function rowsOfCells(cells: number, columns: number): number {
  return Math.ceil(cells / columns);
}

/** The cells that a part of a grid shows: `start` is included, `end` is not. */
export function cellsInView(
  { top, height }: { readonly top: number; readonly height: number },
  cells: number,
  columns: number,
): { readonly start: number; readonly end: number } {
  const start = Math.floor(top / CELL) * columns;
  const end = Math.min(cells, Math.ceil((top + height) / CELL) * columns);
  return { start: Math.min(start, end), end };
}

/** Returns the cell at a point of a grid; undefined where there is none. */
export function cellAt(x: number, y: number, cells: number, columns: number): number | undefined {
  const column = Math.floor(x / CELL);
  if (x < 0 || y < 0 || column >= columns) return undefined;
  const cell = Math.floor(y / CELL) * columns + column;
  return cell < cells ? cell : undefined;
}

/** Returns the cell to which a key leads; undefined for a key that does not move. */
export function cellAfterKey(
  key: string,
  from: number | undefined,
  cells: number,
  columns: number,
): number | undefined {
  if (cells === 0) return undefined;
  const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: columns, ArrowUp: -columns }[key];
  if (key === 'Home') return 0;
  if (key === 'End') return cells - 1;
  if (step === undefined) return undefined;
  if (from === undefined) return 0;
  const to = from + step;
  return to < 0 || to >= cells ? from : to;
}
