import { z } from 'zod';

import { parseWith } from './parse.js';
import { runRecordSchema, type RunRecord } from './run-record.js';

/** Source of all events that a seedkit sends. */
export const EVENT_SOURCE = 'codeseeder';
/** Detail type of the event that announces a run's status. */
export const RUN_STATE_CHANGE = 'Run State Change';
/** Detail type of the event that requests a run. */
export const RUN_REQUESTED = 'Run Requested';
/** Detail type of the event that announces a refused request. */
export const RUN_REFUSED = 'Run Refused';

/** Detail of `Run State Change`: the record without internal attributes. */
export const runStateChangeSchema = runRecordSchema
  .omit({ day: true, expiresAt: true, announcedAt: true, buildRequestedAt: true, queuedReason: true })
  .extend({ version: z.literal(1) });
export type RunStateChange = z.infer<typeof runStateChangeSchema>;

/** Creates the detail of a `Run State Change` event from a record. */
export function toRunStateChange(record: RunRecord): RunStateChange {
  const {
    day: _day,
    expiresAt: _expiresAt,
    announcedAt: _announcedAt,
    buildRequestedAt: _requestedAt,
    queuedReason: _queuedReason,
    ...announced
  } = record;
  return { version: 1, ...announced };
}

/** Parses the detail of a `Run State Change` event. @throws CodeseederError `InvalidRequest` */
export function parseRunStateChange(value: unknown): RunStateChange {
  return parseWith(runStateChangeSchema, value, `${RUN_STATE_CHANGE} event`);
}

/** Detail of `Run Refused`: a request that did not become a run. */
export const runRefusedSchema = z.object({
  /** Version of the event. */
  version: z.literal(1),
  /** The run id in the request, otherwise the event's id. */
  requestId: z.string(),
  /** A failure code of `FAILURES`. */
  code: z.string(),
  /** What is wrong with the request. */
  message: z.string(),
});
export type RunRefused = z.infer<typeof runRefusedSchema>;
