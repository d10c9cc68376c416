import { useRef, useState } from 'preact/hooks';

import type { ListedRun, MapRuns, MapView } from '../api.js';
import { getJson } from './fetch-api.js';
import { usePoll } from './hooks.js';
import { MapInputs } from './model/map-inputs.js';
import { isRunning } from './model/map-list.js';
import { isActive } from './model/run-list.js';

const POLL_MS = { view: 1_000, runs: 2_000 } as const;

/** A map as far as it is known. */
export interface FollowedMap {
  readonly view: MapView;
  readonly inputs: MapInputs;
}

/** Follows a map. The object that it returns is another one after each change. */
export function useMapView(mapId: string): {
  readonly map: FollowedMap | undefined;
  readonly error: string | undefined;
} {
  const [map, setMap] = useState<FollowedMap>();
  const latest = useRef<FollowedMap>(undefined);
  const error = usePoll(mapId, async (signal) => {
    const known = latest.current;
    const version = known?.view.version ?? 0;
    const answer = await getJson<MapView>(`/api/maps/${mapId}/view?version=${version}`, signal);
    const next = afterAnswer(known, answer);
    latest.current = next;
    if (next !== known) setMap(next);
    return isOver(next.view) ? undefined : POLL_MS.view;
  });
  return { map, error };
}

/** Returns the map after an answer: the same object if nothing has changed. */
function afterAnswer(known: FollowedMap | undefined, answer: MapView): FollowedMap {
  if (known === undefined || answer.version !== known.view.version) {
    const inputs = known?.inputs ?? new MapInputs(answer.ranges ?? []);
    inputs.apply(answer.groups ?? []);
    return { view: answer, inputs };
  }
  const { cancelProblem } = answer;
  if (cancelProblem === known.view.cancelProblem) return known;
  return { ...known, view: { ...known.view, cancelProblem } };
}

function isOver({ record }: MapView): boolean {
  return record !== undefined && !isRunning(record);
}

/** Records of runs of a map, by the index of their input. */
export interface KnownRuns {
  readonly runs: ReadonlyMap<number, ListedRun>;
  readonly reasons: ReadonlyMap<number, string>;
}

/**
 * Reads the records of inputs, and again those that have not ended while the map is running.
 * @param key changes when other inputs are shown
 */
export function useMapRuns(
  mapId: string,
  key: string,
  indexes: readonly number[],
  isLive: boolean,
): KnownRuns & { readonly error: string | undefined } {
  const [known, setKnown] = useState<KnownRuns>({ runs: new Map(), reasons: new Map() });
  const latest = useRef(known);
  const error = usePoll(`${mapId}|${key}|${isLive}`, async (signal) => {
    const { runs, reasons } = latest.current;
    const asked = indexes.filter((index) => {
      const run = runs.get(index);
      return (run === undefined || isActive(run)) && !reasons.has(index);
    });
    if (asked.length > 0) {
      const found = await getJson<MapRuns>(`/api/maps/${mapId}/runs?indexes=${asked.join(',')}`, signal);
      const added = found.runs.flatMap((run): [number, ListedRun][] =>
        run.mapIndex === undefined ? [] : [[run.mapIndex, run]],
      );
      const why = Object.entries(found.reasons).map(([index, reason]): [number, string] => [
        Number(index),
        reason,
      ]);
      latest.current = { runs: new Map([...runs, ...added]), reasons: new Map([...reasons, ...why]) };
      setKnown(latest.current);
    }
    return isLive ? POLL_MS.runs : undefined;
  });
  return { ...known, error };
}
