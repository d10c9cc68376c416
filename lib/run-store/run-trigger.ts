/** Writes and reads `runs/<runId>/trigger.json`, by which `prepare-run` knows that `start-run` started a run. */
import { createHash } from 'node:crypto';

import {
  CodeseederError,
  parseJson,
  parseRunRequest,
  parseTriggerNote,
  type RunRequest,
  type Trigger,
  type TriggerNote,
  triggerKey,
} from '../contract/index.js';
import { putOnce, readInputObject } from './files.js';
import type { RunFiles } from './objects.js';

/**
 * Stores what triggered a run. Only the role of `start-run` may write this object. Never overwrites: an equal note that
 * exists is kept.
 * @throws CodeseederError `RunIdConflict` when the note of another request exists
 */
export async function putTrigger(request: RunRequest, files: RunFiles): Promise<void> {
  const content = Buffer.from(JSON.stringify(noteOf(request)));
  const note = { key: triggerKey(request.runId), content, contentType: 'application/json' };
  if (await putOnce(note, files)) return;
  throw new CodeseederError(
    'RunIdConflict',
    `The run id ${request.runId} belongs to a run with another request. Use another run id, or attach to that run.`,
  );
}

/**
 * Checks that `start-run` started a run whose request names another trigger than the client.
 * @throws CodeseederError `InvalidRequest`
 */
export async function requireTrigger(request: RunRequest, files: RunFiles): Promise<void> {
  const { runId, trigger = 'CLIENT' } = request;
  if (trigger === 'CLIENT') return;
  const Key = triggerKey(runId);
  const found = await readTrigger(Key, files);
  if (isSame(found, noteOf(request))) return;
  throw new CodeseederError(
    'InvalidRequest',
    `The run request is not valid: trigger: ${trigger} is only for runs that the handler start-run starts, but s3://${files.bucket}/${Key} ${found === undefined ? 'does not exist' : 'is about another request'}; leave trigger out, or send the request to the bus or the inbox`,
  );
}

/**
 * Returns what triggered a run that was not prepared, of which the request only claims it.
 * @param request the unchecked input of the execution
 * @returns the trigger that `start-run` noted for this request, and `CLIENT` without such a note
 */
export async function provenTrigger(request: unknown, files: RunFiles): Promise<Trigger> {
  const claimed = claimedRequest(request);
  if (claimed?.trigger === undefined || claimed.trigger === 'CLIENT') return 'CLIENT';
  const found = await readTrigger(triggerKey(claimed.runId), files);
  return isSame(found, noteOf(claimed)) ? claimed.trigger : 'CLIENT';
}

/** Returns a request; undefined for one that breaks the contract, which `start-run` would not have started. */
function claimedRequest(request: unknown): RunRequest | undefined {
  try {
    return parseRunRequest(request);
  } catch {
    return undefined;
  }
}

function noteOf(request: RunRequest): TriggerNote {
  const { trigger = 'CLIENT' } = request;
  return { version: 1, trigger, requestSha256: digestOf(request) };
}

function isSame(found: TriggerNote | undefined, expected: TriggerNote): boolean {
  return found?.trigger === expected.trigger && found.requestSha256 === expected.requestSha256;
}

/** Returns the SHA-256 of a request, whatever the order of its fields. */
function digestOf(request: RunRequest): string {
  const json = JSON.stringify(request, (_key, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
  return createHash('sha256').update(json).digest('hex');
}

/** @returns undefined when the object does not exist or is no note */
async function readTrigger(key: string, files: RunFiles): Promise<TriggerNote | undefined> {
  try {
    const content = await readInputObject(key, files, 'trigger');
    return parseTriggerNote(parseJson(Buffer.from(content).toString('utf8'), 'trigger'));
  } catch (error) {
    if (error instanceof CodeseederError && ['InputMissing', 'InvalidRequest'].includes(error.code)) {
      return undefined;
    }
    throw error;
  }
}
