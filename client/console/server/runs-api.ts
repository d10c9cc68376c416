import { type RunRecord } from '../../../lib/contract/index.js';
import type { RunFilters } from '../../call-option-types.js';
import type { Connection } from '../../connection/connection.js';
import { tableOf } from '../../connection/seedkit-resources.js';
import { iterateRuns, listRuns } from '../../list/list-runs.js';
import { findRecords } from '../../run/run-records.js';
import type { HourOfRuns, HoursOfRuns, RunsPage } from '../api.js';
import { parseListQuery } from './list-query.js';
import { listedRun } from './listed-run.js';
import type { MapNames } from './map-names.js';

const HOUR_MS = 3_600_000;
const HOURS = 24;
/** Number of runs that are counted by hour. */
const COUNTED_MAX = 10_000;

/** Returns a page of runs. */
export async function pageOfRuns(
  connection: Connection,
  params: URLSearchParams,
  names: MapNames,
  signal: AbortSignal,
): Promise<RunsPage> {
  const { filters, limit } = parseListQuery(params);
  const found = await listRuns(connection, { ...filters, limit: limit + 1, signal });
  const runs = found.slice(0, limit);
  return { runs: runs.map(listedRun), hasMore: found.length > limit, mapNames: await names.of(runs) };
}

/**
 * Returns what changed on a page of runs: the runs that match the filters and were queued since a time, and the current
 * records of the runs on the page that had not ended. Two requests to DynamoDB for most pages.
 */
export async function changesOfRuns(
  connection: Connection,
  params: URLSearchParams,
  names: MapNames,
  signal: AbortSignal,
): Promise<RunsPage> {
  const { filters, limit, ids } = parseListQuery(params);
  const [added, known] = await Promise.all([
    listRuns(connection, { ...filters, limit: limit + 1, signal }),
    recordsOf(ids, connection),
  ]);
  const runs = [...added.slice(0, limit), ...known];
  return { runs: runs.map(listedRun), hasMore: added.length > limit, mapNames: await names.of(runs) };
}

async function recordsOf(ids: readonly string[], connection: Connection): Promise<RunRecord[]> {
  if (ids.length === 0) return [];
  const { records } = await findRecords(ids, await tableOf(connection));
  return [...records.values()];
}

/** Counts the runs of the last 24 hours, or of a day, by hour and status. */
export async function hoursOfRuns(
  connection: Connection,
  params: URLSearchParams,
  nowMs: number,
  signal: AbortSignal,
): Promise<HoursOfRuns> {
  const { filters } = parseListQuery(params);
  const lastHourMs = Math.floor(timeOf(filters.until, nowMs) / HOUR_MS) * HOUR_MS;
  const firstHourMs = lastHourMs - (HOURS - 1) * HOUR_MS;
  const counts = Array.from({ length: HOURS }, (): Record<string, number> => ({}));
  let counted = 0;
  for await (const { queuedAt, status } of iterateRuns(connection, {
    ...filters,
    since: new Date(firstHourMs),
    signal,
  })) {
    counted += 1;
    if (counted > COUNTED_MAX) break;
    const hour = counts[Math.floor((Date.parse(queuedAt) - firstHourMs) / HOUR_MS)];
    if (hour !== undefined) hour[status] = (hour[status] ?? 0) + 1;
  }
  const hours = counts.map((hour, index): HourOfRuns => ({
    atMs: firstHourMs + index * HOUR_MS,
    counts: hour,
  }));
  return { hours, isPartial: counted > COUNTED_MAX };
}

function timeOf(time: RunFilters['until'], nowMs: number): number {
  return time instanceof Date ? time.getTime() : nowMs;
}
