/**
 * Facets: the values by which runs are found. The index `byFacet` of the run table has an entry for each facet of a
 * run, sorted by the time at which the run was queued. Two kinds of items create entries:
 *
 * - The record has the entry of its status. The update that changes the status also moves the entry, so the entry
 * always matches the record.
 * - Each other value has a small item of its own in the table, which never changes.
 *
 * An entry only names a run. Readers must check the record of that run.
 */
import { createHash } from 'node:crypto';

import type { RunRecord } from './run-record.js';
import { scheduleOfRunId } from './scheduled-run.js';

interface FacetDeclaration {
  /** Returns the values of a run. */
  readonly valuesOf: (record: RunRecord) => readonly (string | undefined)[];
  /**
   * Returns the value that a run id has, for a facet that has no entries of its own. Its runs are found among those
   * that have the other facet, by the ids in the positions.
   */
  readonly ofId?: { readonly valueOf: (runId: string) => string | undefined; readonly among: Facet };
  /** A value that most runs have. It has no entries in the index, so such runs are found by time. */
  readonly unindexed?: string;
}

/** Every facet, by the name that filters use. A new facet needs a line here and its name in `FacetName`. */
const FACETS = {
  status: { valuesOf: ({ status }) => [status] },
  label: { valuesOf: ({ labels = {} }) => Object.entries(labels).map(labelValue) },
  target: {
    valuesOf: ({ target, name, published }) => [target, name, published?.name, publishedVersion(published)],
  },
  trigger: { valuesOf: ({ trigger }) => [trigger], unindexed: 'CLIENT' },
  lock: { valuesOf: ({ lock }) => [lock] },
  map: { valuesOf: ({ mapId }) => [mapId] },
  schedule: {
    valuesOf: ({ runId, trigger }) => [trigger === 'SCHEDULE' ? scheduleOfRunId(runId) : undefined],
    ofId: { valueOf: scheduleOfRunId, among: { name: 'trigger', value: 'SCHEDULE' } },
  },
} as const satisfies Record<FacetName, FacetDeclaration>;

/** The names of the facets. */
export type FacetName = 'status' | 'label' | 'target' | 'trigger' | 'lock' | 'map' | 'schedule';

/** A facet, and one of its values. */
export interface Facet {
  readonly name: FacetName;
  readonly value: string;
}

/** Returns a published version as people write it: `nightly-deploy@3`. */
function publishedVersion(published: RunRecord['published']): string | undefined {
  return published && `${published.name}@${published.version}`;
}

/** Name and value of a label as one value of the facet `label`. */
export function labelValue([name, value]: readonly [name: string, value: string]): string {
  return `${name}=${value}`;
}

/** Returns whether a run has a facet. */
export function hasFacet(record: RunRecord, { name, value }: Facet): boolean {
  const { valuesOf }: FacetDeclaration = FACETS[name];
  return valuesOf(record).includes(value);
}

/** Returns whether runs with this facet have entries in the index. */
export function isIndexed({ name, value }: Facet): boolean {
  const { unindexed, ofId }: FacetDeclaration = FACETS[name];
  return ofId === undefined && value !== unindexed;
}

/** Returns the facet with which the index finds runs; undefined if it has no entries that help. */
export function indexedFacetOf(facet: Facet): Facet | undefined {
  const { ofId }: FacetDeclaration = FACETS[facet.name];
  return isIndexed(facet) ? facet : ofId?.among;
}

/** Returns whether a run with this id may have a facet. Its record says whether it has. */
export function mayHaveFacet(runId: string, { name, value }: Facet): boolean {
  const { ofId }: FacetDeclaration = FACETS[name];
  return ofId === undefined || ofId.valueOf(runId) === value;
}

/**
 * Returns a facet as the index's partition. Its longest value is a label of 513 characters of 3 bytes: less than the
 * 2,048 bytes that DynamoDB allows.
 */
export function facetPartition({ name, value }: Facet): string {
  return `${name}#${value}`;
}

/** Returns the position of a run among those with the same facet, which are sorted by time, then by id. */
export function positionOf({ queuedAt, runId }: Pick<RunRecord, 'queuedAt' | 'runId'>): string {
  return `${queuedAt}#${runId}`;
}

/** Returns the id of the run at a position. */
export function runIdAt(position: string): string {
  return position.slice(position.indexOf('#') + 1);
}

/** The attributes that are the keys of the index. */
export interface FacetEntry {
  readonly facet: string;
  readonly position: string;
}

/** Returns the entry of a run's status, which is part of the record's item. */
export function statusEntry(record: Pick<RunRecord, 'status' | 'queuedAt' | 'runId'>): FacetEntry {
  return { facet: statusPartition(record.status), position: positionOf(record) };
}

/** Returns the partition of the runs with a status. */
export function statusPartition(status: RunRecord['status']): string {
  return facetPartition({ name: 'status', value: status });
}

/** An item that creates one entry of the index. Its key contains `#`, so it is different from all run ids. */
export interface FacetItem extends FacetEntry, Pick<RunRecord, 'runId' | 'expiresAt'> {}

/** Prefix of the keys of facet items, by which policies distinguish them from records. */
export const FACET_KEY_PREFIX = 'find#';

/** Returns whether an item of the run table is a facet item and not a record. */
export function isFacetItem(key: string): boolean {
  return key.startsWith(FACET_KEY_PREFIX);
}

/**
 * Returns the items that create a run's entries in the index, except for that of its status. The result is the same for
 * each call with the same run.
 */
export function facetItems(record: RunRecord): FacetItem[] {
  const position = positionOf(record);
  const partitions = new Set(indexedFacets(record).map(facetPartition));
  return [...partitions].map((facet) => ({
    runId: `${FACET_KEY_PREFIX}${position}#${shortDigest(facet)}`,
    facet,
    position,
    expiresAt: record.expiresAt,
  }));
}

function indexedFacets(record: RunRecord): Facet[] {
  return (Object.keys(FACETS) as FacetName[])
    .filter((name) => name !== 'status')
    .flatMap((name) => {
      const { valuesOf }: FacetDeclaration = FACETS[name];
      return valuesOf(record).flatMap((value) => (value === undefined ? [] : [{ name, value }]));
    })
    .filter(isIndexed);
}

function shortDigest(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 22);
}
