import { CodeseederError, type RunRequest, triggerKey } from '../../lib/contract/index.js';
import { hasTriggerNote } from '../../lib/run-store/files.js';
import type { S3Bucket } from '../../lib/s3-objects.js';

/**
 * Checks a request with another trigger than `CLIENT`, or with a published version: `start-run` or `start-target` must
 * have started it. The proof is `runs/<runId>/trigger.json`, which only these two handlers may write.
 * @throws CodeseederError `InvalidRequest`
 */
export async function checkTrigger(request: RunRequest, files: S3Bucket): Promise<void> {
  const { runId, trigger = 'CLIENT', published } = request;
  if (trigger === 'CLIENT') {
    if (published === undefined) return;
    throw new CodeseederError(
      'InvalidRequest',
      `The run request is not valid: published: only start-run and start-target start published targets, such as ${published.name}; leave published out, or start the target: codeseeder start ${published.name}`,
    );
  }
  const isNoted = await hasTriggerNote(request, files);
  if (isNoted === true) return;
  const problem = isNoted === undefined ? 'does not exist' : 'is about another request';
  throw new CodeseederError(
    'InvalidRequest',
    `The run request is not valid: trigger: ${trigger} is only for runs that the handlers start-run and start-target start, but s3://${files.bucket}/${triggerKey(runId)} ${problem}; leave trigger out, or send the request to the bus or the inbox`,
  );
}
