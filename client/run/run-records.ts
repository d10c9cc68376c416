import { parseRunRecord, type RunRecord } from '../../lib/contract/index.js';
import type { ReadRecords, RunTable } from '../../lib/run-store/record.js';
import type { Connection } from '../connection/connection.js';
import { tableOf } from '../connection/seedkit-resources.js';
import type { ListRunsOptions } from '../call-option-types.js';
import { abortable } from '../connection/abortable.js';

const DAY_MS = 86_400_000;

/** Reads the record of a run consistently. @returns undefined when there is none, or it has expired */
export async function findRecord(runId: string, connection: Connection): Promise<RunRecord | undefined> {
  const { readRecord } = await import('../../lib/run-store/record.js');
  const record = await readRecord(runId, await tableOf(connection));
  return record === undefined || isExpired(record) ? undefined : record;
}

/** Reads the records of up to 100 runs consistently. An expired record is left out. */
export async function findRecords(runIds: readonly string[], table: RunTable): Promise<ReadRecords> {
  const { readRecords } = await import('../../lib/run-store/record.js');
  const { records, unread } = await readRecords(runIds, table);
  return { records: new Map([...records].filter(([, record]) => !isExpired(record))), unread };
}

/** Lists records, newest first, day by day. */
export async function listRecords(
  connection: Connection,
  options: ListRunsOptions = {},
): Promise<RunRecord[]> {
  const { limit = 20, days = 30, status, signal } = options;
  const { itemsOfDay } = await import('../../lib/run-store/record.js');
  const table = await tableOf(connection);
  const found: RunRecord[] = [];
  for (let age = 0; age < days && found.length < limit; age += 1) {
    const day = new Date(Date.now() - age * DAY_MS).toISOString().slice(0, 10);
    for await (const item of itemsOfDay(day, table, { ScanIndexForward: false }, abortable(signal))) {
      const record = parseRunRecord(item);
      if (isExpired(record) || (status !== undefined && record.status !== status)) continue;
      found.push(record);
      if (found.length >= limit) break;
    }
  }
  return found;
}

/** DynamoDB may return an item after it has expired. */
function isExpired(record: RunRecord): boolean {
  return record.expiresAt * 1_000 <= Date.now();
}
