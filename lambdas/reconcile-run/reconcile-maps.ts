import { openMapIds, readMapRecord } from '../../lib/run-store/maps.js';
import { endMap } from './end-map.js';
import type { SweepPass } from './sweep-pass.js';

/** Time that the state machine has to announce an end before the sweep does it. */
const ANNOUNCEMENT_MS = 2 * 60_000;

/** Ends and announces the maps whose executions ended without doing so. */
export async function reconcileMaps(pass: SweepPass): Promise<void> {
  const open = (await pass.attempt('read the open maps', () => allOf(openMapIds(pass)))) ?? [];
  for (const mapId of open) {
    if (pass.isEnding()) return;
    const hasEnded = await pass.attempt(`end the map ${mapId}`, () => endUnlessFresh(mapId, pass));
    if (hasEnded !== true) continue;
    pass.ended.push(mapId);
    pass.log.info('Ended the map', { mapId });
  }
}

async function allOf(ids: AsyncIterable<string>): Promise<string[]> {
  const all: string[] = [];
  for await (const id of ids) all.push(id);
  return all;
}

/** Ends a map, unless it has just ended: the state machine then announces it. */
async function endUnlessFresh(mapId: string, pass: SweepPass): Promise<boolean> {
  const { finishedAt } = (await readMapRecord(mapId, pass)) ?? {};
  const isFresh = finishedAt !== undefined && pass.now().getTime() - Date.parse(finishedAt) < ANNOUNCEMENT_MS;
  return !isFresh && endMap(mapId, pass);
}
