/** Merges changes into a list of runs. */
import type { ListedRun } from '../../api.js';
import type { Filters } from './filters.js';

/** Maximum number of runs whose records one request reads. */
const ASKED_MAX = 100;

const ACTIVE: readonly string[] = ['QUEUED', 'BUILDING'];

/** Returns whether a run has not ended. */
export function isActive({ status }: Pick<ListedRun, 'status'>): boolean {
  return ACTIVE.includes(status);
}

/**
 * Returns what the list calls a run: its name, else its target. All runs of a map have the same target. One without a
 * name is called by the map's name, if there is one, and the index of its input.
 */
export function titleOf(
  {
    runId,
    name,
    target,
    mapId,
    mapIndex,
  }: Pick<ListedRun, 'runId' | 'name' | 'target' | 'mapId' | 'mapIndex'>,
  mapNames: Readonly<Record<string, string>>,
): string {
  if (name !== undefined) return name;
  if (mapId === undefined || mapIndex === undefined) return target ?? runId;
  return `${mapNames[mapId] ?? target ?? mapId} · input ${mapIndex}`;
}

/** Returns the failure of a run on one line, or what a run that goes on does now. */
export function noteOf({ status, failureLine, phase, queuedReason }: ListedRun): string | undefined {
  if (failureLine !== undefined) return failureLine;
  if (status === 'BUILDING') return phase;
  return isActive({ status }) ? queuedReason : undefined;
}

/**
 * Returns the list with changed and added records, newest first. Runs that no longer have the status to list are left
 * out.
 */
export function merged(
  runs: readonly ListedRun[],
  changes: readonly ListedRun[],
  { status }: Filters,
): ListedRun[] {
  const byId = new Map(runs.map((run) => [run.runId, run]));
  for (const run of changes) byId.set(run.runId, run);
  return [...byId.values()]
    .filter((run) => status === undefined || run.status === status)
    .sort((a, b) => (positionOf(a) < positionOf(b) ? 1 : -1));
}

function positionOf({ queuedAt, runId }: ListedRun): string {
  return `${queuedAt}#${runId}`;
}

/** Returns the ids of the runs whose records may change. */
export function idsToAsk(runs: readonly ListedRun[]): string[] {
  return runs
    .filter(isActive)
    .slice(0, ASKED_MAX)
    .map(({ runId }) => runId);
}

/** How long before the newest listed run a read of new runs starts: the index may get a run some seconds late. */
const LATE_MS = 60_000;

/** Returns the time from which on to ask for new runs. */
export function askSince(runs: readonly ListedRun[], nowMs: number): string {
  const newestMs = runs[0] === undefined ? nowMs : Date.parse(runs[0].queuedAt);
  return new Date(newestMs - LATE_MS).toISOString();
}
