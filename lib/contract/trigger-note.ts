import { contentDigest } from './content-digest.js';
import type { RunRequest } from './run-request.js';

/** Returns the content of `runs/<runId>/trigger.json`: the trigger of the run, and the SHA-256 of its request. */
export function triggerNoteOf(request: RunRequest): Uint8Array {
  const { trigger = 'CLIENT' } = request;
  return Buffer.from(JSON.stringify({ version: 1, trigger, requestSha256: digestOf(request) }));
}

/** Returns the SHA-256 of a request, which does not depend on the order of its fields. */
function digestOf(request: RunRequest): string {
  const json = JSON.stringify(request, (_key, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
  return contentDigest(Buffer.from(json)).sha256;
}
