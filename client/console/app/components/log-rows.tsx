import { memo } from '../memo.js';
import { styledTexts } from '../model/ansi.js';
import { formatDateTime, formatDuration } from '../model/format.js';
import { isContainerLine, type LogPhase } from '../model/log-lines.js';
import { navigate } from '../router.js';

/** The header of a phase, which opens and closes it. */
export function PhaseRow(props: {
  readonly phase: LogPhase;
  readonly isOpen: boolean;
  readonly toggle: () => void;
}) {
  const { phase, isOpen, toggle } = props;
  const { name, start, end, state, startedAtMs, endedAtMs } = phase;
  const count = end - start;
  return (
    <div class="log-row">
      <button
        type="button"
        class={`phase ${state !== undefined && state !== 'SUCCEEDED' ? 'failed' : ''}`}
        aria-expanded={isOpen}
        onClick={toggle}
      >
        <span class="arrow" aria-hidden="true">
          {isOpen ? '▾' : '▸'}
        </span>
        {name === 'LOG' ? 'Start' : name}{' '}
        <small>
          {endedAtMs !== undefined && `${state ?? ''} ${formatDuration(endedAtMs - startedAtMs)} · `}
          {count} {count === 1 ? 'line' : 'lines'}
        </small>
      </button>
    </div>
  );
}

/** The header of lines of CodeBuild and codeseeder, which opens and closes them. */
export function OthersRow(props: {
  readonly lines: number;
  readonly isOpen: boolean;
  readonly toggle: () => void;
}) {
  const { lines, isOpen, toggle } = props;
  return (
    <div class="log-row">
      <button type="button" class="others" aria-expanded={isOpen} onClick={toggle}>
        <span class="arrow" aria-hidden="true">
          {isOpen ? '▾' : '▸'}
        </span>
        {lines} other {lines === 1 ? 'line' : 'lines'}
      </button>
    </div>
  );
}

/** A line of the log. Its number is a link to it. */
export const LineRow = memo(function LineRow(props: {
  readonly index: number;
  readonly atMs: number;
  readonly message: string;
  readonly href: string;
  readonly search: string;
  readonly isLinked: boolean;
}) {
  const { index, atMs, message, href, search, isLinked } = props;
  const follow = (event: MouseEvent) => {
    event.preventDefault();
    navigate(href, true);
  };
  const kind = `${isContainerLine(message) ? 'own' : ''} ${isLinked ? 'linked' : ''}`;
  return (
    <div class={`log-row line ${kind}`}>
      <a
        class="number"
        href={href}
        onClick={follow}
        title={formatDateTime(atMs)}
        aria-label={`Line ${index + 1}`}
      >
        {index + 1}
      </a>
      <span class="text">
        {styledTexts(message).map(({ text, style }, part) => {
          const shown = marked(text, search);
          if (style === '') return shown;
          return (
            <span key={part} class={style}>
              {shown}
            </span>
          );
        })}
      </span>
    </div>
  );
});

/** Marks the places of a text that was searched for. */
function marked(text: string, search: string) {
  if (search === '') return text;
  const lower = text.toLowerCase();
  const wanted = search.toLowerCase();
  const parts = [];
  let at = 0;
  for (let found = lower.indexOf(wanted); found >= 0; found = lower.indexOf(wanted, at)) {
    parts.push(text.slice(at, found), <mark key={found}>{text.slice(found, found + wanted.length)}</mark>);
    at = found + wanted.length;
  }
  return [...parts, text.slice(at)];
}
