import { useEffect, useRef, useState } from 'preact/hooks';

import type { HoursOfRuns, RunsPage as PageOfRuns } from '../../api.js';
import { HoursChart } from '../components/hours-chart.js';
import { ProblemNote } from '../components/problem.js';
import { FieldFilters, StatusFilter } from '../components/run-filters.js';
import { RunRow } from '../components/run-row.js';
import { getJson } from '../fetch-api.js';
import { useNow, usePoll } from '../hooks.js';
import { useListKeys } from '../list-focus.js';
import { faultOfFilters, type Filters, filtersOf, noMatchText, searchOf } from '../model/filters.js';
import type { KnownHours } from '../model/hour-counts.js';
import { entriesToShow, noteOfList } from '../model/list-state.js';
import { askSince, idsToAsk, isActive, merged } from '../model/run-list.js';
import { navigate } from '../router.js';
import { useCommandPlace } from '../seedkit-context.js';

/** Time between two polls: of the list while a run is active, of the list otherwise, and of the counts. */
const POLL_MS = { active: 2_000, quiet: 4_000, hours: 30_000 } as const;

/** The list of runs. */
export function RunsPage({ search }: { readonly search: string }) {
  const filters = filtersOf(search);
  const key = searchOf(filters);
  const { runs, mapNames, hasMore, isLoaded, loadMore, error } = useRuns(key, filters);
  const fault = faultOfFilters(filters);
  // Nothing was read for filters with a fault, so there is nothing to say about runs.
  const known = { entries: runs, isLoaded, error: error ?? fault };
  const note = noteOfList(known);
  const hours = useHours(filters, isLoaded);
  const nowMs = useNow(true);
  const list = useListKeys();
  const change = (changed: Filters) => navigate(`/${searchOf(changed)}`);
  useEffect(() => {
    document.title = 'Runs · codeseeder console';
  }, []);
  return (
    <div class="runs-page">
      <h1 class="visually-hidden">Runs</h1>
      <section class="summary" aria-label="Counts and filters">
        <HoursChart counted={hours.counted} error={hours.error ?? fault} />
        <StatusFilter filters={filters} change={change} counted={hours.counted} />
        <FieldFilters filters={filters} change={change} />
      </section>
      <ProblemNote message={error} />
      <ol class="run-list" ref={list} aria-label="Runs, newest first" aria-busy={note === 'loading'}>
        {entriesToShow(known).map((run) => (
          <RunRow key={run.runId} run={run} mapNames={mapNames} nowMs={nowMs} />
        ))}
      </ol>
      {note === 'empty' && <EmptyList filters={filters} />}
      {note === 'loading' && <p class="quiet">Loading runs …</p>}
      {isLoaded && hasMore && (
        <button type="button" class="more" onClick={() => void loadMore()}>
          Older runs
        </button>
      )}
    </div>
  );
}

function EmptyList({ filters }: { readonly filters: Filters }) {
  const { program, seedkit } = useCommandPlace();
  return Object.keys(filters).length > 0 ? (
    <p class="quiet">{noMatchText(filters)}</p>
  ) : (
    <p class="quiet">
      No runs in the last 30 days. Start one: <code>{`${program} run -s ${seedkit} -- 'echo hello'`}</code>
    </p>
  );
}

/** The runs of a page so far. */
interface RunList extends PageOfRuns {
  /** The filters of the runs. */
  readonly key: string;
  readonly isLoaded: boolean;
}

/** Loads the runs that match, and follows them. */
function useRuns(key: string, filters: Filters) {
  const [state, setState] = useState<RunList>({
    key,
    runs: [],
    mapNames: {},
    hasMore: false,
    isLoaded: false,
  });
  const latest = useRef(state);
  const store = (next: RunList) => {
    latest.current = next;
    setState(next);
  };
  const error = usePoll(key, async (signal) => {
    if (faultOfFilters(filters) !== undefined) return undefined;
    const known = latest.current;
    if (known.key !== key || !known.isLoaded) {
      const page = await getJson<PageOfRuns>(`/api/runs${key}`, signal);
      store({ key, ...page, isLoaded: true });
    } else {
      const changes = await getJson<PageOfRuns>(changesPath(filters, known.runs), signal);
      // A page that was loaded meanwhile is kept.
      store(withRuns(latest.current, changes, filters));
    }
    return latest.current.runs.some(isActive) ? POLL_MS.active : POLL_MS.quiet;
  });
  const loadMore = async () => {
    const after = latest.current.runs.at(-1)?.runId ?? '';
    const page = await getJson<PageOfRuns>(`/api/runs${searchOf(filters, { after })}`);
    store({ ...withRuns(latest.current, page, filters), hasMore: page.hasMore });
  };
  const isCurrent = state.key === key;
  return { ...state, isLoaded: isCurrent && state.isLoaded, loadMore, error };
}

/** Returns a list with changed and added runs. */
function withRuns(list: RunList, { runs, mapNames }: PageOfRuns, filters: Filters): RunList {
  return {
    ...list,
    runs: merged(list.runs, runs, filters),
    mapNames: { ...list.mapNames, ...mapNames },
  };
}

function changesPath(filters: Filters, runs: PageOfRuns['runs']): string {
  const since = askSince(runs, Date.now());
  const more = { ids: idsToAsk(runs).join(','), since, limit: '100' };
  return `/api/changes${searchOf(filters, more)}`;
}

/** Counts the runs by hour, whatever their status. @param isDue whether the list is loaded, which goes first */
function useHours({ status: _, ...others }: Filters, isDue: boolean): KnownHours {
  const [read, setRead] = useState<{ path: string; counted: HoursOfRuns }>();
  const path = `/api/hours${searchOf(others)}`;
  const error = usePoll(isDue ? path : '', async (signal) => {
    if (!isDue) return undefined;
    setRead({ path, counted: await getJson<HoursOfRuns>(path, signal) });
    return POLL_MS.hours;
  });
  return { counted: read?.path === path ? read.counted : undefined, error };
}
