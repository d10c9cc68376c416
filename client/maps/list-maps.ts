import { dayOfMaps, type MapRecord, parseMapRecord } from '../../lib/contract/index.js';
import { abortable } from '../connection/abortable.js';
import type { Connection } from '../connection/connection.js';
import { tableOf } from '../connection/seedkit-resources.js';
import type { ListMapsOptions } from '../map-types.js';

const DAY_MS = 86_400_000;

/** Lists the records of maps, newest first, day by day. */
export async function listMaps(
  connection: Connection,
  { limit = 20, days = 30, signal }: Omit<ListMapsOptions, 'aws'> = {},
): Promise<MapRecord[]> {
  const { itemsOfDay } = await import('../../lib/run-store/record.js');
  const table = await tableOf(connection);
  const found: MapRecord[] = [];
  for (let age = 0; age < days && found.length < limit; age += 1) {
    const day = dayOfMaps(new Date(Date.now() - age * DAY_MS).toISOString().slice(0, 10));
    for await (const item of itemsOfDay(day, table, { ScanIndexForward: false }, abortable(signal))) {
      const record = parseMapRecord(item);
      if (record.expiresAt * 1_000 <= Date.now()) continue;
      found.push(record);
      if (found.length >= limit) break;
    }
  }
  return found;
}
