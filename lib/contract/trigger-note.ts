import { z } from 'zod';

import { contentDigest, sha256Schema } from './content-digest.js';
import { parseWith } from './parse.js';
import { type RunRequest, TRIGGERS } from './run-request.js';

/** The object `runs/<runId>/trigger.json`: what triggered a run that `start-run` started. */
export const triggerNoteSchema = z.strictObject({
  version: z.literal(1),
  trigger: z.enum(TRIGGERS),
  /** SHA-256 of the request. */
  requestSha256: sha256Schema,
});
export type TriggerNote = z.infer<typeof triggerNoteSchema>;

/** Parses the note about a run's trigger. @throws CodeseederError `InvalidRequest` */
export function parseTriggerNote(value: unknown): TriggerNote {
  return parseWith(triggerNoteSchema, value, 'note about the trigger of a run');
}

/** Returns the note that `start-run` stores about a request. */
export function triggerNoteOf(request: RunRequest): TriggerNote {
  const { trigger = 'CLIENT' } = request;
  return { version: 1, trigger, requestSha256: digestOf(request) };
}

/** Returns the SHA-256 of a request, whatever the order of its fields. */
function digestOf(request: RunRequest): string {
  const json = JSON.stringify(request, (_key, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
  return contentDigest(Buffer.from(json)).sha256;
}
