import type { RefObject } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

import { entryAfterKey } from './model/list-keys.js';

/** Elements that use the keys themselves: fields and open dialogs. */
const OTHER_KEYS = 'input, select, textarea, dialog';

/**
 * Moves the focus between the entries of a list with the arrow keys, or `j` and `k`, wherever the focus is on the page,
 * except for fields and dialogs.
 */
export function useListKeys(): RefObject<HTMLOListElement | null> {
  const list = useRef<HTMLOListElement>(null);
  useEffect(() => {
    const move = (event: KeyboardEvent) => {
      // Other parts of the page, such as a map's grid, have handled their keys before.
      if (event.defaultPrevented) return;
      if (event.target instanceof HTMLElement && event.target.closest(OTHER_KEYS) !== null) return;
      const links = [...(list.current?.querySelectorAll<HTMLElement>('a.name') ?? [])];
      const focused = document.activeElement;
      const at = links.findIndex((link) => link.closest('li')?.contains(focused));
      const next = entryAfterKey(event, at, links.length);
      if (next === undefined) return;
      links[next]?.focus();
      event.preventDefault();
    };
    addEventListener('keydown', move);
    return () => removeEventListener('keydown', move);
  }, []);
  return list;
}
