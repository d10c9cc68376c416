import { useRef, useState } from 'preact/hooks';

import type { LogPage, RunView } from '../api.js';
import { getJson } from './fetch-api.js';
import { usePoll } from './hooks.js';
import { LogLines } from './model/log-lines.js';
import { isActive } from './model/run-list.js';

const POLL_MS = { view: 1_000, ended: 5_000, log: 700 } as const;

/**
 * Maximum number of polls of a run that has ended, counted again from each change. The last events of a run arrive some
 * seconds after its end.
 */
const POLLS_AFTER_END = 6;

/** Follows record and history of a run. */
export function useRunView(runId: string): { view: RunView | undefined; error: string | undefined } {
  const [view, setView] = useState<RunView>();
  const version = useRef(0);
  const status = useRef<RunView['record']>(undefined);
  const pollsLeft = useRef(POLLS_AFTER_END);
  const error = usePoll(runId, async (signal) => {
    const path = `/api/runs/${runId}/view?version=${version.current}`;
    const answer = await getJson<Partial<RunView> & Pick<RunView, 'version'>>(path, signal);
    if (answer.history !== undefined) {
      setView(answer as RunView);
      status.current = answer.record;
      version.current = answer.version;
      pollsLeft.current = POLLS_AFTER_END;
    }
    if (status.current === undefined || isActive(status.current)) return POLL_MS.view;
    pollsLeft.current -= 1;
    return pollsLeft.current > 0 ? POLL_MS.ended : undefined;
  });
  return { view, error };
}

/** The log of a run so far. */
export interface FollowedLog {
  readonly log: LogLines;
  /** Number of lines, by which components see that the log has grown. */
  readonly length: number;
  readonly isComplete: boolean;
  readonly problem: string | undefined;
}

/** Follows the log of a run. */
export function useLog(runId: string): FollowedLog {
  const log = useRef(new LogLines());
  const [state, setState] = useState({
    length: 0,
    isComplete: false,
    problem: undefined as string | undefined,
  });
  const error = usePoll(runId, async (signal) => {
    const from = log.current.lines.length;
    const page = await getJson<LogPage>(`/api/runs/${runId}/log?from=${from}`, signal);
    log.current.append(page.lines);
    const { isComplete, problem } = page;
    setState((before) => {
      const isSame = page.lines.length === 0 && before.isComplete === isComplete;
      return isSame ? before : { length: log.current.lines.length, isComplete, problem };
    });
    if (page.hasMore) return 0;
    return isComplete ? undefined : POLL_MS.log;
  });
  return { log: log.current, ...state, problem: state.problem ?? error };
}
