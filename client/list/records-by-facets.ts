/**
 * Finds records by the index by facet (status, label, target and so on). Records that an earlier version wrote have no
 * entries in it. These are read by time, until some minutes after the first run with entries, so that none is left out.
 */
import {
  facetPartition,
  isTransientError,
  mayHaveFacet,
  positionOf,
  RUN_STATUSES,
  runIdAt,
  type RunRecord,
  statusPartition,
} from '../../lib/contract/index.js';
import type { RunTable } from '../../lib/run-store/record.js';
import { abortable } from '../connection/abortable.js';
import { findRecords } from '../run/run-records.js';
import { commonPositions, FacetCursor } from './facet-cursor.js';
import { recordsByDay } from './records-by-day.js';
import type { RunQuery } from './run-query.js';

/**
 * How long after the first run with entries an earlier version of a handler may still write a record without entries:
 * Lambda updates its instances one after the other, and retries an asynchronous call for minutes.
 */
const UPDATE_MS = 10 * 60_000;

/** Returns the record of a run that does not change any more, if the caller has it. */
export type KnownRecords = (runId: string) => RunRecord | undefined;

/**
 * Reads the records that have all indexed facets of a query, latest first. May also return other records, which the
 * caller must filter.
 */
export async function* recordsByFacets(
  query: RunQuery,
  pageSize: number,
  table: RunTable,
  known: KnownRecords,
): AsyncGenerator<RunRecord> {
  const horizon = await knownHorizon(query, table);
  if (horizon === undefined) {
    yield* recordsByDay(query, table);
    return;
  }
  if (horizon < query.from) {
    yield* indexedRecords(query, pageSize, table, known);
    return;
  }
  const before = horizon < query.before ? horizon : query.before;
  const older = recordsByDay({ ...query, before }, table, (item) => !hasEntries(item));
  yield* latestOfBoth(indexedRecords(query, pageSize, table, known), older, before);
}

/** Horizons that this process has read, by table. A horizon stays valid, because runs after it always have entries. */
const horizons = new WeakMap<RunTable['dynamodb'], Map<string, string>>();

/** Returns the horizon of the index, which is read once if the index has entries. */
async function knownHorizon(query: RunQuery, table: RunTable): Promise<string | undefined> {
  const ofClient = horizons.get(table.dynamodb) ?? new Map<string, string>();
  horizons.set(table.dynamodb, ofClient);
  const found = ofClient.get(table.runTable) ?? (await indexHorizon(query, table));
  // Without entries, the horizon is in the future and moves with the time.
  if (found !== undefined && found < new Date().toISOString()) ofClient.set(table.runTable, found);
  return found;
}

/**
 * Returns the time since which all runs have entries in the index. If that is before `from`, the exact time is not
 * determined.
 * @returns undefined for a seedkit whose table has no such index
 */
async function indexHorizon({ from, signal }: RunQuery, table: RunTable): Promise<string | undefined> {
  const { earliestPosition } = await import('../../lib/run-store/facets.js');
  const earliest = (status: (typeof RUN_STATUSES)[number]) =>
    earliestPosition(statusPartition(status), table, abortable(signal));
  try {
    // Most runs succeed. So if the index is older than `from`, its first run that succeeded is usually older too, and
    // one read suffices.
    const succeeded = afterUpdate(await earliest('SUCCEEDED'));
    if (succeeded < from) return succeeded;
    const others = RUN_STATUSES.filter((status) => status !== 'SUCCEEDED').map(earliest);
    return (await Promise.all(others)).map(afterUpdate).concat(succeeded).sort()[0];
  } catch (error) {
    if (hasNoIndex(error)) return undefined;
    throw error;
  }
}

function afterUpdate(position: string | undefined): string {
  const first = position === undefined ? Date.now() : Date.parse(position.slice(0, position.indexOf('#')));
  return new Date(first + UPDATE_MS).toISOString();
}

/** A seedkit that an earlier version deployed has neither the index nor the right to query it. */
function hasNoIndex(error: unknown): boolean {
  if (!(error instanceof Error) || isTransientError(error)) return false;
  return (
    error.name === 'AccessDeniedException' ||
    (error.name === 'ValidationException' && error.message.includes('index'))
  );
}

function hasEntries(item: unknown): boolean {
  return typeof item === 'object' && item !== null && 'position' in item;
}

async function* indexedRecords(
  { facets, indexed, from, before, signal }: RunQuery,
  pageSize: number,
  table: RunTable,
  known: KnownRecords,
): AsyncGenerator<RunRecord> {
  const { readPositions } = await import('../../lib/run-store/facets.js');
  const cursors = indexed.map(
    (facet) =>
      new FacetCursor((range) => readPositions(facetPartition(facet), range, table, abortable(signal)), from),
  );
  const isPossible = (position: string) => facets.every((facet) => mayHaveFacet(runIdAt(position), facet));
  for await (const positions of pagesOf(commonPositions(cursors, before), isPossible, pageSize)) {
    const unknown = positions.map(runIdAt).filter((runId) => known(runId) === undefined);
    const records = await readAll(unknown, table);
    for (const position of positions) {
      const runId = runIdAt(position);
      const record = records.get(runId) ?? known(runId);
      // An id may be used again after its record has expired. The index then has entries of both runs.
      if (record !== undefined && positionOf(record) === position) yield record;
    }
  }
}

async function* pagesOf(
  positions: AsyncIterable<string>,
  isPossible: (position: string) => boolean,
  size: number,
): AsyncGenerator<string[]> {
  let page: string[] = [];
  for await (const position of positions) {
    if (!isPossible(position)) continue;
    page.push(position);
    if (page.length < size) continue;
    yield page;
    page = [];
  }
  if (page.length > 0) yield page;
}

/** Reads the records of up to 100 runs. Repeats what DynamoDB leaves out. */
export async function readAll(
  runIds: readonly string[],
  table: RunTable,
): Promise<ReadonlyMap<string, RunRecord>> {
  const read = new Map<string, RunRecord>();
  for (let left = [...runIds]; left.length > 0;) {
    const { records, unread } = await findRecords(left, table);
    for (const [runId, record] of records) read.set(runId, record);
    left = [...unread];
  }
  return read;
}

/**
 * Joins two streams of records, latest first.
 * @param before position that the second stream begins before. It is not read until the first stream has reached this
 *   position
 */
async function* latestOfBoth(
  first: AsyncGenerator<RunRecord>,
  second: AsyncGenerator<RunRecord>,
  before: string,
): AsyncGenerator<RunRecord> {
  let one = await first.next();
  let other: IteratorResult<RunRecord> | undefined;
  while (one.done !== true) {
    const position = positionOf(one.value);
    if (position < before) other ??= await second.next();
    if (other !== undefined && other.done !== true && positionOf(other.value) > position) {
      yield other.value;
      other = await second.next();
    } else {
      yield one.value;
      one = await first.next();
    }
  }
  if (other !== undefined && other.done !== true) yield other.value;
  yield* second;
}
