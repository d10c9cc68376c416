import { CodeseederError, hasFacet, type RunRecord } from '../../lib/contract/index.js';
import type { RunTable } from '../../lib/run-store/record.js';
import type { ListRunsOptions, RunFilters } from '../call-option-types.js';
import type { Connection } from '../connection/connection.js';
import { tableOf } from '../connection/seedkit-resources.js';
import { refuseUnknown } from '../run/run-handle.js';
import { findRecord, isExpired } from '../run/run-records.js';
import { type RunQuery, runQuery } from './run-query.js';
import { recordsByDay } from './records-by-day.js';
import { type KnownRecords, recordsByFacets } from './records-by-facets.js';

/**
 * Maximum number of records in one BatchGetItem.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html
 */
export const RECORDS_MAX = 100;
export const LIMIT_DEFAULT = 20;

/**
 * Lists records, newest first.
 * @throws CodeseederError `InvalidRequest`, `RunNotFound`
 */
export async function listRuns(connection: Connection, options: ListRunsOptions = {}): Promise<RunRecord[]> {
  const { limit = LIMIT_DEFAULT, ...filters } = options;
  if (!Number.isInteger(limit) || limit < 1)
    throw new CodeseederError('InvalidRequest', `limit is not a whole number of at least 1: ${limit}.`);
  const listed: RunRecord[] = [];
  for await (const record of iterateRuns(connection, filters, Math.min(limit, RECORDS_MAX))) {
    listed.push(record);
    if (listed.length >= limit) break;
  }
  return listed;
}

/**
 * Iterates over records, newest first.
 * @param pageSize records to read at a time
 * @param known records that need not be read again
 */
export async function* iterateRuns(
  connection: Connection,
  filters: RunFilters = {},
  pageSize: number = RECORDS_MAX,
  known: KnownRecords = () => undefined,
): AsyncGenerator<RunRecord> {
  const { after } = filters;
  const last = after === undefined ? undefined : await findRecord(after, connection);
  if (after !== undefined && last === undefined) refuseUnknown(after, connection);
  const query = runQuery(filters, last, Date.now());
  for await (const record of recordsOf(query, pageSize, await tableOf(connection), known)) {
    // The index is eventually consistent, so the filters are checked with the record itself.
    if (!isExpired(record) && query.facets.every((facet) => hasFacet(record, facet))) yield record;
  }
}

function recordsOf(
  query: RunQuery,
  pageSize: number,
  table: RunTable,
  known: KnownRecords,
): AsyncIterable<RunRecord> {
  if (query.indexed.length > 0) return recordsByFacets(query, pageSize, table, known);
  // Only a short page of runs without filters needs less than DynamoDB returns by itself.
  const isShort = query.facets.length === 0 && pageSize < RECORDS_MAX;
  return recordsByDay({ ...query, pageSize: isShort ? pageSize : undefined }, table);
}
