import { CodeseederError, type RunRequest, triggerKey, triggerNoteOf } from '../contract/index.js';
import { putOnce, type S3Bucket } from '../s3-objects.js';

/**
 * Stores the trigger of a run. `prepare-run` reads this object to confirm that `start-run`, `start-target` or
 * `drive-map` made the request, because only their roles may write it. If the object exists with the same content,
 * nothing changes.
 * @throws CodeseederError `RunIdConflict` when the object of another request exists
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
