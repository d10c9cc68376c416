import type { ComponentChildren } from 'preact';

/** A section of a page with its own state: loading, a problem, nothing to show, or entries. */
export function ResourceSection(props: {
  readonly id: string;
  readonly title: string;
  readonly error: string | undefined;
  readonly isLoaded: boolean;
  /** What to say when there are no entries; undefined if there are some. */
  readonly empty: ComponentChildren;
  readonly children: ComponentChildren;
}) {
  const { id, title, error, isLoaded, empty, children } = props;
  return (
    <section class="resources" aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      {error !== undefined && (
        <p class="problem" role="alert">
          {title} cannot be read. {error}
        </p>
      )}
      {!isLoaded && error === undefined && <p class="quiet">Loading …</p>}
      {isLoaded && empty === undefined && children}
      {isLoaded && empty !== undefined && error === undefined && <p class="quiet">{empty}</p>}
    </section>
  );
}
