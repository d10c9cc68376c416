import { z } from 'zod';

import { parseWith } from './parse.js';
import { runRecordSchema, type RunRecord } from './run-record.js';

export const EVENT_SOURCE = 'codeseeder';
export const RUN_STATE_CHANGE = 'Run State Change';
export const RUN_REQUESTED = 'Run Requested';
export const RUN_REFUSED = 'Run Refused';

/** Detail of `Run State Change`: the record without its bookkeeping. */
export const runStateChangeSchema = runRecordSchema
  .omit({ day: true, expiresAt: true, announcedAt: true, buildRequestedAt: true, queuedReason: true })
  .extend({ version: z.literal(1) });
export type RunStateChange = z.infer<typeof runStateChangeSchema>;

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

/** @throws CodeseederError `InvalidRequest` */
export function parseRunStateChange(value: unknown): RunStateChange {
  return parseWith(runStateChangeSchema, value, `${RUN_STATE_CHANGE} event`);
}

/** Detail of `Run Refused`: a request that never became a run. */
export const runRefusedSchema = z.object({
  version: z.literal(1),
  /** The id the request named, else the event's. */
  requestId: z.string(),
  code: z.string(),
  message: z.string(),
});
export type RunRefused = z.infer<typeof runRefusedSchema>;
