import {
  CodeseederError,
  type Facet,
  type FacetName,
  facetPartition,
  indexedFacetOf,
  labelValue,
  positionOf,
  type RunRecord,
} from '../../lib/contract/index.js';
import type { RunFilters } from '../call-option-types.js';
import { timeOf } from './time-of.js';

/** The runs to list. */
export interface RunQuery {
  /** Facets (such as a status or a label) that a run must have, all of them. */
  readonly facets: readonly Facet[];
  /** The facets with which the index finds runs. */
  readonly indexed: readonly Facet[];
  /** Range of the runs' positions in the index: `from` is included, `before` is not. */
  readonly from: string;
  readonly before: string;
  readonly signal: AbortSignal | undefined;
}

const DAY_MS = 86_400_000;
/** A character that sorts after all characters of times and run ids. */
const LAST = '~';

/**
 * Reads filters.
 * @param after record of the run that the filter `after` names
 * @throws CodeseederError `InvalidRequest`
 */
export function runQuery(filters: RunFilters, after: RunRecord | undefined, nowMs: number): RunQuery {
  const { days = 30, since = daysAgo(days, nowMs), until, signal } = filters;
  const facets = facetsOf(filters);
  const from = timeOf('since', since, nowMs);
  const end = until === undefined ? LAST : `${timeOf('until', until, nowMs)}#${LAST}`;
  const next = after === undefined ? LAST : positionOf(after);
  // Two facets may be found by the same entries.
  const indexed = new Map(
    facets.flatMap((facet) => indexedFacetOf(facet) ?? []).map((facet) => [facetPartition(facet), facet]),
  );
  return { facets, indexed: [...indexed.values()], from, before: end < next ? end : next, signal };
}

function daysAgo(days: number, nowMs: number): Date {
  if (!Number.isInteger(days) || days < 1)
    throw new CodeseederError('InvalidRequest', `days is ${days}. Use a whole number of at least 1.`);
  return new Date((Math.floor(nowMs / DAY_MS) - days + 1) * DAY_MS);
}

/** Facets that have a filter of the same name. */
type OwnOption = Exclude<FacetName, 'label'>;

export function facetsOf(filters: RunFilters): Facet[] {
  const { labels = {}, status, target, trigger, lock, map, schedule } = filters;
  const own: Record<OwnOption, string | undefined> = { status, target, trigger, lock, map, schedule };
  return [
    ...Object.entries(own).flatMap(([name, value]) =>
      value === undefined ? [] : [{ name: name as OwnOption, value }],
    ),
    ...Object.entries(labels).map((label): Facet => ({ name: 'label', value: labelValue(label) })),
  ];
}
