import type { RefObject } from 'preact';

import { useBox } from './use-box.js';

/** Height of a row of the log, in pixels, as in `log.css`. All rows have the same, so that their places are known. */
export const ROW_HEIGHT = 20;

/** Rows above and below the visible ones that are drawn, too, so that scrolling shows no gap. */
const MARGIN = 20;

/** Height that is drawn before the element's own is known. */
const HEIGHT_AT_FIRST = 800;

/** A range of rows: `start` is included, `end` is not. */
export interface RowWindow {
  readonly start: number;
  readonly end: number;
}

/** Returns the rows to draw at a place. */
export function windowAt(scrollTop: number, height: number, rows: number): RowWindow {
  const start = Math.max(0, Math.floor(scrollTop / ROW_HEIGHT) - MARGIN);
  const end = Math.min(rows, Math.ceil((scrollTop + height) / ROW_HEIGHT) + MARGIN);
  return { start: Math.min(start, end), end };
}

/** Returns the rows that an element shows, and renders again when it is scrolled or resized. */
export function useWindow(box: RefObject<HTMLElement | null>, rows: number): RowWindow {
  const { top, height } = useBox(box);
  return windowAt(top, height === 0 ? HEIGHT_AT_FIRST : height, rows);
}
