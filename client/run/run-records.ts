import type { RunRecord } from '../../lib/contract/index.js';
import type { ReadRecords, RunTable } from '../../lib/run-store/record.js';
import type { Connection } from '../connection/connection.js';
import { tableOf } from '../connection/seedkit-resources.js';

/** Reads the record of a run consistently. @returns undefined when there is none, or it has expired */
export async function findRecord(runId: string, connection: Connection): Promise<RunRecord | undefined> {
  const { readRecord } = await import('../../lib/run-store/record.js');
  const record = await readRecord(runId, await tableOf(connection));
  return record === undefined || isExpired(record) ? undefined : record;
}

/**
 * Reads the records of up to 100 runs consistently. An expired record is left out.
 * @param known records of an earlier read, which are returned again if they have not changed
 */
export async function findRecords(
  runIds: readonly string[],
  table: RunTable,
  known?: readonly (RunRecord | undefined)[],
): Promise<ReadRecords> {
  const { readRecords } = await import('../../lib/run-store/record.js');
  const { records, unread } = await readRecords(runIds, table, known);
  return { records: new Map([...records].filter(([, record]) => !isExpired(record))), unread };
}

/** DynamoDB may return an item after it has expired. */
export function isExpired(record: RunRecord): boolean {
  return record.expiresAt * 1_000 <= Date.now();
}
