/** Finds the rows of the log to draw. All rows have the same height, so that their places are known. */

/** Height of a row of the log, in pixels, as in `log.css`. */
export const ROW_HEIGHT = 20;

/** Rows above and below the visible ones that are drawn, too, so that scrolling shows no gap. */
const MARGIN = 10;

/** A range of rows: `start` is included, `end` is not. */
export interface RowWindow {
  readonly start: number;
  readonly end: number;
}

/** Rows to draw. */
export interface DrawnRows {
  readonly start: number;
  /** For each row, the key of its element. */
  readonly keys: readonly number[];
}

/** Returns the rows to draw at a place. */
export function windowAt(scrollTop: number, height: number, rows: number): RowWindow {
  const start = Math.max(0, Math.floor(scrollTop / ROW_HEIGHT) - MARGIN);
  const end = Math.min(rows, Math.ceil((scrollTop + height) / ROW_HEIGHT) + MARGIN);
  return { start: Math.min(start, end), end };
}

/**
 * Returns keys for the rows of a window. A row that was drawn before keeps its element. The others take the elements of
 * the rows that are no longer drawn, in their order: changing a text takes less time than making an element.
 */
export function drawnRows(before: DrawnRows, { start, end }: RowWindow): DrawnRows {
  const keyBefore = (at: number) => before.keys[at - before.start];
  const rows = Array.from({ length: end - start }, (_, offset) => start + offset);
  const kept = new Set(rows.map(keyBefore));
  const free = before.keys.filter((key) => !kept.has(key));
  let next = Math.max(-1, ...before.keys) + 1;
  return { start, keys: rows.map((at) => keyBefore(at) ?? free.shift() ?? next++) };
}
