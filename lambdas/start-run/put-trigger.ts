import { CodeseederError, type RunRequest, triggerKey, triggerNoteOf } from '../../lib/contract/index.js';
import { putOnce, type S3Bucket } from '../../lib/s3-objects.js';

/**
 * Stores what triggered a run, by which `prepare-run` knows that `start-run` started it. Only the role of `start-run` may
 * write this object. An equal note that exists is kept.
 * @throws CodeseederError `RunIdConflict` when the note of another request exists
 */
export async function putTrigger(request: RunRequest, files: S3Bucket): Promise<void> {
  const key = triggerKey(request.runId);
  const content = triggerNoteOf(request);
  if (await putOnce({ key, content, contentType: 'application/json' }, files)) return;
  throw new CodeseederError(
    'RunIdConflict',
    `The run id ${request.runId} belongs to a run with another request. Use another run id, or attach to that run.`,
  );
}
