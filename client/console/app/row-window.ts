import type { RefObject } from 'preact';
import { useRef } from 'preact/hooks';

import { type DrawnRows, drawnRows, windowAt } from './model/drawn-rows.js';
import { useBox } from './use-box.js';

/** Height that is drawn before the element's own is known. */
const HEIGHT_AT_FIRST = 800;

/** Returns the rows that an element shows, and renders again when it is scrolled or resized. */
export function useWindow(box: RefObject<HTMLElement | null>, rows: number): DrawnRows {
  const { top, height } = useBox(box);
  const drawn = useRef<DrawnRows>({ start: 0, keys: [] });
  drawn.current = drawnRows(drawn.current, windowAt(top, height === 0 ? HEIGHT_AT_FIRST : height, rows));
  return drawn.current;
}
