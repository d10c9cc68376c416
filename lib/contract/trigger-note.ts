import { z } from 'zod';

import { parseWith } from './parse.js';
import { TRIGGERS } from './run-request.js';

/** The object `runs/<runId>/trigger.json`: what triggered a run that `start-run` started. */
export const triggerNoteSchema = z.strictObject({
  version: z.literal(1),
  trigger: z.enum(TRIGGERS),
  /** SHA-256 of the request, in hexadecimal digits. */
  requestSha256: z.string().regex(/^[0-9a-f]{64}$/, 'a SHA-256 has 64 hexadecimal digits'),
});
export type TriggerNote = z.infer<typeof triggerNoteSchema>;

/** Parses the note about a run's trigger. @throws CodeseederError `InvalidRequest` */
export function parseTriggerNote(value: unknown): TriggerNote {
  return parseWith(triggerNoteSchema, value, 'note about the trigger of a run');
}
