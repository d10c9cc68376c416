import type { RefObject } from 'preact';
import { useEffect, useState } from 'preact/hooks';

/** The part of an element's content that is in view. */
export interface Box {
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Returns what an element shows, and renders again when it is scrolled or resized. */
export function useBox(element: RefObject<HTMLElement | null>): Box {
  const [place, setPlace] = useState<Box>({ top: 0, width: 0, height: 0 });
  useEffect(() => {
    const box = element.current;
    if (box === null) return undefined;
    const update = () => setPlace({ top: box.scrollTop, width: box.clientWidth, height: box.clientHeight });
    const resized = new ResizeObserver(update);
    resized.observe(box);
    box.addEventListener('scroll', update, { passive: true });
    return () => {
      resized.disconnect();
      box.removeEventListener('scroll', update);
    };
  }, []);
  return place;
}
