import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';

/** A tab and what it shows. */
export interface Tab {
  readonly name: string;
  readonly content: () => ComponentChildren;
}

/** Tabs of which one is shown. The arrow keys, Home and End move between them. */
export function Tabs({ tabs, label }: { readonly tabs: readonly Tab[]; readonly label: string }) {
  const [chosen, setChosen] = useState(tabs[0]?.name);
  const at = Math.max(
    0,
    tabs.findIndex(({ name }) => name === chosen),
  );
  const move = (event: KeyboardEvent & { readonly currentTarget: HTMLElement }) => {
    const goal = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: -1 }[event.key];
    if (goal === undefined) return;
    event.preventDefault();
    const next = (goal + tabs.length) % tabs.length;
    setChosen(tabs[next]?.name);
    event.currentTarget.querySelectorAll<HTMLElement>('[role=tab]')[next]?.focus();
  };
  return (
    <section class="tabs panel">
      <div role="tablist" aria-label={label} onKeyDown={move}>
        {tabs.map(({ name }, index) => (
          <button
            key={name}
            type="button"
            role="tab"
            id={`tab-${name}`}
            aria-selected={index === at}
            aria-controls="tab-panel"
            tabIndex={index === at ? 0 : -1}
            onClick={() => setChosen(name)}
          >
            {name}
          </button>
        ))}
      </div>
      <div role="tabpanel" id="tab-panel" aria-labelledby={`tab-${tabs[at]?.name ?? ''}`} tabIndex={-1}>
        {tabs[at]?.content()}
      </div>
    </section>
  );
}
