import type { FollowedLog } from '../follow-run.js';
import { type LogPosition, useLogPosition } from '../log-position.js';
import { ROW_HEIGHT } from '../model/drawn-rows.js';
import type { LogRow } from '../model/log-lines.js';
import { useWindow } from '../row-window.js';
import { LogBar } from './log-bar.js';
import { LineRow, OthersRow, PhaseRow } from './log-rows.js';

interface LogViewProps {
  readonly followed: FollowedLog;
  /** Whether the run goes on. The last lines of a log arrive after the end of its run. */
  readonly isLive: boolean;
  /** Position of the line that the address names. */
  readonly linked: number | undefined;
  readonly linkTo: (line: number) => string;
}

/** The log of a run. Only the rows in view are elements of the page. */
export function LogView(props: LogViewProps) {
  const { followed, linked } = props;
  const { log, length, isComplete, problem } = followed;
  const position = useLogPosition(followed, linked);
  const { box, rows, search, matches, current } = position;
  const { start, keys } = useWindow(box, rows.length);
  return (
    <section class="log" aria-label="Log">
      <LogBar
        search={search}
        onSearch={position.setSearch}
        matches={matches.length}
        at={current === undefined ? undefined : matches.indexOf(current) + 1}
        step={position.step}
        isLive={props.isLive && !isComplete}
        lines={length}
        text={() => log.lines.map(([, message]) => message).join('\n')}
      />
      {problem !== undefined && <p class="problem">{problem}</p>}
      <div
        class="log-box"
        ref={box}
        onScroll={position.onScroll}
        tabIndex={0}
        role="region"
        aria-label="Lines of the log"
      >
        <div class="log-rows" style={{ height: `${rows.length * ROW_HEIGHT}px` }}>
          <div class="drawn" style={{ top: `${start * ROW_HEIGHT}px` }}>
            {keys.map((key, offset) => {
              const row = rows[start + offset];
              return row === undefined ? null : <Row key={key} row={row} position={position} view={props} />;
            })}
          </div>
        </div>
        {length === 0 && (
          <p class="quiet">{isComplete ? 'The run has no log.' : 'Waiting for the first line …'}</p>
        )}
      </div>
    </section>
  );
}

function Row(props: { readonly row: LogRow; readonly position: LogPosition; readonly view: LogViewProps }) {
  const { row, position, view } = props;
  if (row.kind === 'phase') {
    const { phase } = row;
    const toggle = () => position.toggle(phase);
    return <PhaseRow phase={phase} isOpen={position.isOpen(phase)} toggle={toggle} />;
  }
  if (row.kind === 'others') {
    const { start, end } = row;
    const toggle = () => position.toggleOthers(start);
    return <OthersRow lines={end - start} isOpen={position.areOthersOpen(start)} toggle={toggle} />;
  }
  const { index } = row;
  const [atMs, message] = view.followed.log.lines[index] ?? [0, ''];
  return (
    <LineRow
      index={index}
      atMs={atMs}
      message={message}

      href={view.linkTo(index)}
      search={position.search}
      isLinked={index === view.linked || index === position.current}
    />
  );
}
