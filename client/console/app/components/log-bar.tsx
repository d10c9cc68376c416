import { CopyButton } from './copy-button.js';

/** The bar above the log: search, number of lines, copy. */
export function LogBar(props: {
  readonly search: string;
  readonly onSearch: (text: string) => void;
  readonly matches: number;
  /** Number of the current match, counted from 1. */
  readonly at: number | undefined;
  readonly step: (by: number) => void;
  readonly isLive: boolean;
  readonly lines: number;
  readonly text: () => string;
}) {
  const { search, matches, at, step } = props;
  const onKey = (event: KeyboardEvent) => {
    if (event.key !== 'Enter') return;
    event.preventDefault();
    step(event.shiftKey ? -1 : 1);
  };
  return (
    <div class="log-bar">
      <input
        type="search"
        placeholder="Search the log"
        aria-label="Search the log"
        value={search}
        spellcheck={false}
        onInput={(event) => props.onSearch(event.currentTarget.value)}
        onKeyDown={onKey}
      />
      {search !== '' && (
        <>
          <span class="quiet" role="status">
            {at === undefined ? '' : `${at} of `}
            {matches} {matches === 1 ? 'line' : 'lines'}
          </span>
          <button type="button" class="small" aria-label="Previous match" onClick={() => step(-1)}>
            ↑
          </button>
          <button type="button" class="small" aria-label="Next match" onClick={() => step(1)}>
            ↓
          </button>
        </>
      )}
      <span class="space" />
      {props.isLive && <span class="live">live</span>}
      <span class="quiet">{props.lines.toLocaleString()} lines</span>
      <CopyButton text={props.text} what="the log" />
    </div>
  );
}
