import { CodeseederError, type RunRequest, triggerKey, triggerNoteOf } from '../../lib/contract/index.js';
import { putOnce, type RunFiles } from '../../lib/run-store/files.js';

/**
 * Stores what triggered a run, by which `prepare-run` knows that `start-run` started it. Only the role of `start-run` may
 * write this object. An equal note that exists is kept.
 * @throws CodeseederError `RunIdConflict` when the note of another request exists
 */
export async function putTrigger(request: RunRequest, files: RunFiles): Promise<void> {
  const content = Buffer.from(JSON.stringify(triggerNoteOf(request)));
  const note = { key: triggerKey(request.runId), content, contentType: 'application/json' };
  if (await putOnce(note, files)) return;
  throw new CodeseederError(
    'RunIdConflict',
    `The run id ${request.runId} belongs to a run with another request. Use another run id, or attach to that run.`,
  );
}
