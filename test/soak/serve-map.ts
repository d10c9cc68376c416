import { setTimeout as sleep } from 'node:timers/promises';

import {
  type MapResult,
  RemoteError,
  type RemoteMap,
  RunFailedError,
  type Seedkit,
} from '../../client/index.js';
import { groupBy } from './group-by.js';
import type { AskedMap, FoundMap } from './map-invariants.js';
import { type MapPlan, startMap } from './map-plans.js';
import type { Observer } from './observer.js';

const CANCEL_AGAIN_MS = 1_000;

/** Starts a map as planned, waits for its end, and runs again what did not succeed. Calls that fail are left out. */
export async function serveMap(
  plan: MapPlan,
  name: string,
  kit: Seedkit,
  patienceMs: number,
): Promise<AskedMap> {
  const map = await startMap(plan, name, kit).catch(() => undefined);
  if (map === undefined) return { name, plan, mapIds: [] };
  const over = new AbortController();
  const canceling = plan.canceledAfterMs === null ? undefined : cancelLater(map, plan.canceledAfterMs, over);
  await wait(map, patienceMs);
  over.abort();
  await canceling;
  if (!plan.again) return { name, plan, mapIds: [map.id] };
  // It fails if every run succeeded, or the map has not ended.
  const again = await kit.maps.again(map.id).catch(() => undefined);
  if (again === undefined) return { name, plan, mapIds: [map.id] };
  await wait(again, patienceMs);
  return { name, plan, mapIds: [map.id, again.id] };
}

async function wait(map: RemoteMap, patienceMs: number): Promise<void> {
  await map.wait({ signal: AbortSignal.timeout(patienceMs) }).catch(() => undefined);
}

/**
 * Cancels a map. A cancel that fails is repeated, because it may have prevented further runs without stopping those in
 * progress.
 */
async function cancelLater(map: RemoteMap, afterMs: number, over: AbortController): Promise<void> {
  await sleep(afterMs);
  for (;;) {
    const isCanceled = await map.cancel('The soak has no use for it.').then(
      () => true,
      () => false,
    );
    if (isCanceled || over.signal.aborted) return;
    await sleep(CANCEL_AGAIN_MS);
  }
}

/** Reads all maps with their inputs, events and results. */
export async function findMaps(observer: Observer, kit: Seedkit): Promise<FoundMap[]> {
  const events = groupBy(await observer.mapEvents(), ({ mapId }) => mapId);
  const maps: FoundMap[] = [];
  for (const record of await observer.maps()) {
    const { mapId, status } = record;
    const results = status === 'RUNNING' ? [] : await resultsOf(await kit.maps.attach(mapId));
    maps.push({ record, indexes: await observer.inputsOf(mapId), results, events: events.get(mapId) ?? [] });
  }
  return maps;
}

/** Reads results in input order. With `onError: 'stop'`, reading them ends at the first run that failed. */
async function resultsOf(map: RemoteMap): Promise<MapResult[]> {
  const results: MapResult[] = [];
  try {
    for await (const result of map.results({ order: 'input' })) results.push(result);
  } catch (error) {
    if (!(error instanceof RemoteError) && !(error instanceof RunFailedError)) throw error;
  }
  return results;
}
