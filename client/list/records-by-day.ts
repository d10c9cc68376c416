import { parseRunRecord, positionOf, type RunRecord } from '../../lib/contract/index.js';
import type { RunTable } from '../../lib/run-store/record.js';
import { abortable } from '../connection/abortable.js';
import type { RunQuery } from './run-query.js';

const DAY_MS = 86_400_000;

/** A time span, and how many records a page has. */
export interface DaysQuery extends Pick<RunQuery, 'from' | 'before' | 'signal'> {
  /** @default as many as fit into an answer of DynamoDB, 1 MB */
  readonly pageSize?: number | undefined;
}

/**
 * Reads all records of a time span, latest first, day by day.
 * @param isWanted returns whether an item is wanted; by default all are
 */
export async function* recordsByDay(
  { from, before, signal, pageSize }: DaysQuery,
  table: RunTable,
  isWanted: (item: unknown) => boolean = () => true,
): AsyncGenerator<RunRecord> {
  const { itemsOfDay } = await import('../../lib/run-store/record.js');
  const query = {
    ScanIndexForward: false,
    Limit: pageSize,
    within: '#queuedAt BETWEEN :from AND :to',
    ExpressionAttributeNames: { '#queuedAt': 'queuedAt' },
    ExpressionAttributeValues: { ':from': { S: from }, ':to': { S: before } },
  };
  const today = new Date().toISOString();
  for (let day = dayOf(before < today ? before : today); day >= dayOf(from); day -= DAY_MS) {
    const name = new Date(day).toISOString().slice(0, 10);
    for await (const record of inOrder(itemsOfDay(name, table, query, abortable(signal)), isWanted)) {
      if (positionOf(record) < before) yield record;
    }
  }
}

function dayOf(time: string): number {
  return Date.parse(time.slice(0, 10));
}

/**
 * Sorts records of the same time by their ids, as the index by facet does, so that pages neither repeat nor skip a
 * record.
 */
async function* inOrder(
  items: AsyncIterable<unknown>,
  isWanted: (item: unknown) => boolean,
): AsyncGenerator<RunRecord> {
  let alike: RunRecord[] = [];
  for await (const item of items) {
    if (!isWanted(item)) continue;
    const record = parseRunRecord(item);
    if (alike[0]?.queuedAt !== record.queuedAt) {
      yield* latestFirst(alike);
      alike = [];
    }
    alike.push(record);
  }
  yield* latestFirst(alike);
}

function latestFirst(records: RunRecord[]): RunRecord[] {
  return records.sort((a, b) => (positionOf(a) < positionOf(b) ? 1 : -1));
}
