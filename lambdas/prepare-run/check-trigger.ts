import { CodeseederError, type RunRequest, triggerKey } from '../../lib/contract/index.js';
import { hasTriggerNote } from '../../lib/run-store/files.js';
import type { S3Bucket } from '../../lib/s3-objects.js';

/**
 * Checks that `start-run` started a run whose request names a trigger other than the client. The proof is
 * `runs/<runId>/trigger.json`, which only `start-run` may write.
 * @throws CodeseederError `InvalidRequest`
 */
export async function checkTrigger(request: RunRequest, files: S3Bucket): Promise<void> {
  const { runId, trigger = 'CLIENT' } = request;
  if (trigger === 'CLIENT') return;
  const isNoted = await hasTriggerNote(request, files);
  if (isNoted === true) return;
  const problem = isNoted === undefined ? 'does not exist' : 'is about another request';
  throw new CodeseederError(
    'InvalidRequest',
    `The run request is not valid: trigger: ${trigger} is only for runs that the handler start-run starts, but s3://${files.bucket}/${triggerKey(runId)} ${problem}; leave trigger out, or send the request to the bus or the inbox`,
  );
}
