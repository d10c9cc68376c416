import type { RefObject } from 'preact';
import { useEffect, useState } from 'preact/hooks';

/** Height of a row of the log, in pixels, as in `log.css`. All rows have the same, so that their places are known. */
export const ROW_HEIGHT = 20;

/** Rows above and below the visible ones that are drawn, too, so that scrolling shows no gap. */
const MARGIN = 20;

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
  const [place, setPlace] = useState({ top: 0, height: 800 });
  useEffect(() => {
    const element = box.current;
    if (element === null) return undefined;
    const update = () => setPlace({ top: element.scrollTop, height: element.clientHeight });
    const resized = new ResizeObserver(update);
    resized.observe(element);
    element.addEventListener('scroll', update, { passive: true });
    return () => {
      resized.disconnect();
      element.removeEventListener('scroll', update);
    };
  }, []);
  return windowAt(place.top, place.height, rows);
}
