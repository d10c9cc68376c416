import { useEffect, useMemo, useRef, useState } from 'preact/hooks';

import type { FollowedLog } from '../follow-run.js';
import { isOpenAtFirst, type LogPhase, matchesOf, rowsOf } from '../model/log-lines.js';
import { ROW_HEIGHT, useWindow } from '../row-window.js';
import { LogBar } from './log-bar.js';
import { LineRow, PhaseRow } from './log-rows.js';

/** Space at the end of the log within which it follows new lines. */
const FOLLOW_PX = 40;

/** The log of a run. Only the rows in view are elements of the page. */
export function LogView(props: {
  readonly followed: FollowedLog;
  /** Position of the line that the address names. */
  readonly linked: number | undefined;
  readonly linkTo: (line: number) => string;
}) {
  const { followed, linked, linkTo } = props;
  const { log, length, isComplete, problem } = followed;
  const [chosen, setChosen] = useState<ReadonlyMap<number, boolean>>(new Map());
  const [search, setSearch] = useState('');
  const [current, setCurrent] = useState<number>();
  const [isFollowing, setFollowing] = useState(linked === undefined);
  const box = useRef<HTMLDivElement>(null);
  const states = log.phases.map(({ state }) => state).join();
  const rows = useMemo(() => rowsOf(log, chosen), [length, chosen, states]);
  const matches = useMemo(() => matchesOf(log.lines, search), [length, search]);
  const shown = useWindow(box, rows.length);

  const open = (phase: LogPhase | undefined, isOpen: boolean) => {
    if (phase !== undefined) setChosen((before) => new Map([...before, [phase.start, isOpen]]));
  };
  const show = (line: number) => {
    setFollowing(false);
    const phase = log.phaseOf(line);
    open(phase, true);
    const opened = phase === undefined ? chosen : new Map([...chosen, [phase.start, true]]);
    const row = rowsOf(log, opened).findIndex((one) => one.kind === 'line' && one.index === line);
    const element = box.current;
    requestAnimationFrame(() => element?.scrollTo({ top: row * ROW_HEIGHT - element.clientHeight / 3 }));
  };
  const step = (by: number) => {
    if (matches.length === 0) return;
    const at = current === undefined ? -1 : matches.indexOf(current);
    const next = matches[(at + by + matches.length) % matches.length] ?? 0;
    setCurrent(next);
    show(next);
  };

  const isLinkedThere = linked !== undefined && linked < length;
  useEffect(() => {
    if (isLinkedThere) show(linked);
  }, [linked, isLinkedThere]);
  useEffect(() => {
    if (isFollowing && box.current !== null) box.current.scrollTop = box.current.scrollHeight;
  }, [rows.length, isFollowing]);
  const onScroll = () => {
    const { scrollTop = 0, scrollHeight = 0, clientHeight = 0 } = box.current ?? {};
    setFollowing(scrollHeight - scrollTop - clientHeight < FOLLOW_PX);
  };

  return (
    <section class="log" aria-label="Log">
      <LogBar
        search={search}
        onSearch={(text) => {
          setSearch(text);
          setCurrent(undefined);
        }}
        matches={matches.length}
        at={current === undefined ? undefined : matches.indexOf(current) + 1}
        step={step}
        isLive={!isComplete}
        lines={length}
        text={() => log.lines.map(([, message]) => message).join('\n')}
      />
      {problem !== undefined && <p class="problem">{problem}</p>}
      <div class="log-box" ref={box} onScroll={onScroll} tabIndex={0} role="region" aria-label="Lines of the log">
        <div class="log-rows" style={{ height: `${rows.length * ROW_HEIGHT}px` }}>
          {rows.slice(shown.start, shown.end).map((row, offset) => {
            const top = (shown.start + offset) * ROW_HEIGHT;
            if (row.kind === 'phase') {
              const { phase } = row;
              const isOpen = chosen.get(phase.start) ?? isOpenAtFirst(phase);
              return (
                <PhaseRow
                  key={`phase ${phase.start}`}
                  phase={phase}
                  top={top}
                  isOpen={isOpen}
                  toggle={() => open(phase, !isOpen)}
                />
              );
            }
            const [atMs, message] = log.lines[row.index] ?? [0, ''];
            return (
              <LineRow
                key={row.index}
                index={row.index}
                atMs={atMs}
                message={message}
                top={top}
                href={linkTo(row.index)}
                search={search}
                isLinked={row.index === linked || row.index === current}
              />
            );
          })}
        </div>
        {length === 0 && (
          <p class="quiet">{isComplete ? 'The run has no log.' : 'Waiting for the first line …'}</p>
        )}
      </div>
    </section>
  );
}
