/** Reads `runs/<runId>/trigger.json`, by which handlers know that `start-run` started a run. */
import { isDeepStrictEqual } from 'node:util';

import {
  CodeseederError,
  parseJson,
  parseRunRequest,
  parseTriggerNote,
  type RunRequest,
  type Trigger,
  triggerKey,
  triggerNoteOf,
} from '../contract/index.js';
import { readObject, type RunFiles } from './files.js';

/** More than a note has. */
const NOTE_MAX_BYTES = 1_024;

/** Looks for the note about a request. A note that is not valid is that of another request. */
export async function findTriggerNote(
  request: RunRequest,
  files: RunFiles,
): Promise<'missing' | 'own' | 'of another request'> {
  const found = await readObject(triggerKey(request.runId), files, NOTE_MAX_BYTES);
  if (found === undefined) return 'missing';
  return isNoteOf(request, found.content) ? 'own' : 'of another request';
}

/**
 * Returns what triggered a run that was not prepared, of which the request only claims it.
 * @param request the unchecked input of the execution
 * @returns the trigger that `start-run` noted for this request, and `CLIENT` without such a note
 */
export async function provenTrigger(request: unknown, files: RunFiles): Promise<Trigger> {
  const claimed = claimedRequest(request);
  if (claimed?.trigger === undefined || claimed.trigger === 'CLIENT') return 'CLIENT';
  return (await findTriggerNote(claimed, files)) === 'own' ? claimed.trigger : 'CLIENT';
}

/** Returns a request; undefined for one that breaks the contract, which `start-run` would not have started. */
function claimedRequest(request: unknown): RunRequest | undefined {
  try {
    return parseRunRequest(request);
  } catch {
    return undefined;
  }
}

function isNoteOf(request: RunRequest, content: Uint8Array | undefined): boolean {
  if (content === undefined) return false;
  try {
    const note = parseTriggerNote(parseJson(Buffer.from(content).toString('utf8'), 'trigger'));
    return isDeepStrictEqual(note, triggerNoteOf(request));
  } catch (error) {
    if (error instanceof CodeseederError) return false;
    throw error;
  }
}
