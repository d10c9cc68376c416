import { useEffect, useRef, useState } from 'preact/hooks';

import type { MapRecord } from '../../../../lib/contract/index.js';
import type { MapsPage as PageOfMaps } from '../../api.js';
import { MapRow } from '../components/map-row.js';
import { ProblemNote } from '../components/problem.js';
import { getJson } from '../fetch-api.js';
import { useNow, usePoll } from '../hooks.js';
import { useListKeys } from '../list-focus.js';
import { noteOfList } from '../model/list-state.js';
import { isRunning, mapIdsToAsk, mergedMaps } from '../model/map-list.js';
import { useCommandPlace } from '../seedkit-context.js';

/** Time between two polls: while a map is running, and otherwise. */
const POLL_MS = { active: 3_000, quiet: 6_000 } as const;

/** Maps in the first page; each further page has as many. */
const PAGE = 50;
const MAPS_MAX = 500;

/** The list of maps. */
export function MapsPage() {
  const { maps, hasMore, isLoaded, loadMore, error } = useMaps();
  const note = noteOfList({ entries: maps, isLoaded, error });
  const nowMs = useNow(true);
  const list = useListKeys();
  const { program, seedkit } = useCommandPlace();
  useEffect(() => {
    document.title = 'Maps · codeseeder console';
  }, []);
  return (
    <div class="runs-page">
      <h1 class="page-title">Maps</h1>
      <ProblemNote message={error} />
      <ol class="run-list" ref={list} aria-label="Maps, newest first">
        {maps.map((map) => (
          <MapRow key={map.mapId} map={map} nowMs={nowMs} />
        ))}
      </ol>
      {note === 'empty' && (
        <p class="quiet">
          No maps in the last 30 days. Start one:{' '}
          <code>{`${program} map -s ${seedkit} inputs.jsonl -- ./check.sh`}</code>
        </p>
      )}
      {note === 'loading' && <p class="quiet">Loading maps …</p>}
      {hasMore && (
        <button type="button" class="more" onClick={loadMore}>
          Older maps
        </button>
      )}
    </div>
  );
}

/** Loads the maps, and follows them. */
function useMaps() {
  const [limit, setLimit] = useState(PAGE);
  const [state, setState] = useState({ maps: [] as readonly MapRecord[], hasMore: false, limit: 0 });
  const latest = useRef(state);
  const error = usePoll(String(limit), async (signal) => {
    const known = latest.current;
    const isLoaded = known.limit === limit;
    const query = isLoaded ? `days=2&ids=${mapIdsToAsk(known.maps).join(',')}` : `limit=${limit}`;
    const page = await getJson<PageOfMaps>(`/api/maps?${query}`, signal);
    const hasMore = isLoaded ? known.hasMore : page.hasMore && limit < MAPS_MAX;
    latest.current = { maps: mergedMaps(known.maps, page.maps), hasMore, limit };
    setState(latest.current);
    return latest.current.maps.some(isRunning) ? POLL_MS.active : POLL_MS.quiet;
  });
  const loadMore = () => setLimit(Math.min(MAPS_MAX, limit + PAGE));
  return { ...state, isLoaded: state.limit > 0, loadMore, error };
}
