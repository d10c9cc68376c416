import type { RefObject } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';

import type { FollowedLog } from './follow-run.js';
import { ROW_HEIGHT } from './model/drawn-rows.js';
import {
  isOpenAtFirst,
  type LogPhase,
  type LogRow,
  matchesOf,
  type Opened,
  openedAt,
  rowsOf,
} from './model/log-lines.js';

/** Space at the end of the log within which it follows new lines. */
const FOLLOW_PX = 40;

/** Rows of the log, and the line that the reader looks at. */
export interface LogPosition {
  readonly box: RefObject<HTMLDivElement | null>;
  readonly rows: readonly LogRow[];
  readonly isOpen: (phase: LogPhase) => boolean;
  readonly toggle: (phase: LogPhase) => void;
  /** Whether lines of CodeBuild and codeseeder are open, by the position of the first one. */
  readonly areOthersOpen: (start: number) => boolean;
  readonly toggleOthers: (start: number) => void;
  readonly search: string;
  readonly setSearch: (text: string) => void;
  readonly matches: readonly number[];
  /** Position of the match that is shown. */
  readonly current: number | undefined;
  /** Shows the next match, or the one before with -1. */
  readonly step: (by: number) => void;
  readonly onScroll: () => void;
}

/** Opens phases, finds lines and scrolls to them, and follows new lines while the end is in view. */
export function useLogPosition({ log, length }: FollowedLog, linked: number | undefined): LogPosition {
  const box = useRef<HTMLDivElement>(null);
  const [opened, setOpened] = useState<Opened>({ phases: new Map(), others: new Set() });
  const [search, setSearch] = useState('');
  const [current, setCurrent] = useState<number>();
  const [isFollowing, setFollowing] = useState(linked === undefined);
  const states = log.phases.map(({ state }) => state).join();
  const rows = useMemo(() => rowsOf(log, opened), [length, opened, states]);
  const matches = useMemo(() => matchesOf(log.lines, search), [length, search]);

  const isOpen = (phase: LogPhase) => opened.phases.get(phase.start) ?? isOpenAtFirst(phase);
  const show = (line: number) => {
    setFollowing(false);
    const next = openedAt(log, opened, line);
    setOpened(next);
    const row = rowsOf(log, next).findIndex((one) => one.kind === 'line' && one.index === line);
    requestAnimationFrame(() => scrollToRow(box.current, row));
  };
  const step = (by: number) => {
    const before = current === undefined ? Math.min(0, -by) : matches.indexOf(current);
    const next = matches[(before + by + matches.length) % matches.length];
    if (next === undefined) return;
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
  return {
    box,
    rows,
    isOpen,
    toggle: (phase) =>
      setOpened({ ...opened, phases: new Map([...opened.phases, [phase.start, !isOpen(phase)]]) }),
    areOthersOpen: (start) => opened.others.has(start),
    toggleOthers: (start) => setOpened({ ...opened, others: toggled(opened.others, start) }),
    search,
    setSearch: (text) => {
      setSearch(text);
      setCurrent(undefined);
    },
    matches,
    current,
    step,
    onScroll: () => setFollowing(isAtEnd(box.current)),
  };
}

function toggled(positions: ReadonlySet<number>, position: number): ReadonlySet<number> {
  const others = [...positions].filter((one) => one !== position);
  return new Set(positions.has(position) ? others : [...others, position]);
}

/** Scrolls to a row, unless it is in view. */
function scrollToRow(element: HTMLElement | null, row: number): void {
  if (element === null) return;
  const top = row * ROW_HEIGHT;
  const { scrollTop, clientHeight } = element;
  if (top < scrollTop || top > scrollTop + clientHeight - ROW_HEIGHT)
    element.scrollTo({ top: top - clientHeight / 3 });
}

function isAtEnd(element: HTMLElement | null): boolean {
  if (element === null) return false;
  const { scrollTop, scrollHeight, clientHeight } = element;
  return scrollHeight - scrollTop - clientHeight < FOLLOW_PX;
}
