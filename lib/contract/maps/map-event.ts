import { z } from 'zod';

import { parseWith } from '../parse.js';
import { type MapRecord, mapRecordSchema } from './map-record.js';

/** Detail type of the event that announces a map's status. */
export const MAP_STATE_CHANGE = 'Map State Change';

/** Detail of `Map State Change`: the map's record without internal attributes. */
export const mapStateChangeSchema = mapRecordSchema
  .omit({ day: true, expiresAt: true, announcedAt: true })
  .extend({ version: z.literal(1) });
export type MapStateChange = z.infer<typeof mapStateChangeSchema>;

/** Creates the detail of a `Map State Change` event from a record. */
export function toMapStateChange({
  day: _day,
  expiresAt: _expiresAt,
  announcedAt: _announcedAt,
  ...announced
}: MapRecord): MapStateChange {
  return { version: 1, ...announced };
}

/** Parses the detail of a `Map State Change` event. @throws CodeseederError `InvalidRequest` */
export function parseMapStateChange(value: unknown): MapStateChange {
  return parseWith(mapStateChangeSchema, value, `${MAP_STATE_CHANGE} event`);
}
