import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';

/** The current address within the console. */
export interface Place {
  readonly pathname: string;
  readonly search: string;
  readonly hash: string;
}

const CHANGED = 'console:place';

/** Leads to another address without loading the page again. */
export function navigate(address: string, replaces = false): void {
  if (replaces) history.replaceState(null, '', address);
  else history.pushState(null, '', address);
  dispatchEvent(new Event(CHANGED));
}

/** Returns the current address, and renders again when it changes. */
export function usePlace(): Place {
  const [place, setPlace] = useState(current);
  useEffect(() => {
    const update = () => setPlace(current());
    const names = [CHANGED, 'popstate', 'hashchange'];
    for (const name of names) addEventListener(name, update);
    return () => {
      for (const name of names) removeEventListener(name, update);
    };
  }, []);
  return place;
}

function current(): Place {
  const { pathname, search, hash } = location;
  return { pathname, search, hash };
}

/** A link to another address of the console. */
export function Link(props: {
  readonly to: string;
  readonly class?: string;
  readonly label?: string;
  /** Whether it leads to the page that is shown. @default false */
  readonly isCurrent?: boolean;
  readonly children: ComponentChildren;
}) {
  const follow = (event: MouseEvent) => {
    if (event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    navigate(props.to);
  };
  return (
    <a
      href={props.to}
      class={props.class}
      aria-label={props.label}
      aria-current={props.isCurrent === true ? 'page' : undefined}
      onClick={follow}
    >
      {props.children}
    </a>
  );
}
