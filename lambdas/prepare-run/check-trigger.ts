import { CodeseederError, type RunRequest, triggerKey } from '../../lib/contract/index.js';
import { hasTriggerNote } from '../../lib/run-store/files.js';
import type { S3Bucket } from '../../lib/s3-objects.js';

/**
 * Checks a request with another trigger than `CLIENT`, with a published version or with a map: `start-run`,
 * `start-target` or `drive-map` must have made it. The proof is `runs/<runId>/trigger.json`, which only these handlers
 * may write.
 * @throws CodeseederError `InvalidRequest`
 */
export async function checkTrigger(request: RunRequest, files: S3Bucket): Promise<void> {
  const { runId, trigger = 'CLIENT', published, mapId } = request;
  if (trigger === 'CLIENT' && published !== undefined) {
    throw new CodeseederError(
      'InvalidRequest',
      `The run request is not valid: published: only start-run and start-target start published targets, such as ${published.name}; leave published out, or start the target: codeseeder start ${published.name}`,
    );
  }
  if (trigger === 'CLIENT' && mapId === undefined) return;
  const isNoted = await hasTriggerNote(request, files);
  if (isNoted === true) return;
  const problem = isNoted === undefined ? 'does not exist' : 'is about another request';
  const note = `s3://${files.bucket}/${triggerKey(runId)} ${problem}`;
  throw new CodeseederError(
    'InvalidRequest',
    trigger === 'CLIENT'
      ? `The run request is not valid: mapId: ${mapId} is only for runs that the map starts itself, but ${note}; leave mapId and mapIndex out, or start a map`
      : `The run request is not valid: trigger: ${trigger} is only for runs that the handlers start-run and start-target start, but ${note}; leave trigger out, or send the request to the bus or the inbox`,
  );
}
