import {
  CodeseederError,
  contentDigest,
  INBOX_PREFIX,
  inputPrefix,
  invocationKey,
  type RunInput,
} from '../../lib/contract/index.js';
import { putInput, readInvocation } from '../../lib/run-store/files.js';
import type { S3Bucket } from '../../lib/s3-objects.js';
import type { RequestedCode } from './requested-start.js';

const INPUT_OF_A_RUN = new RegExp(`^${inputPrefix('[^/]+')}`);

/**
 * Stores the invocation that a request includes, or that its `inputKey` names, as the input of its run. If `inputKey`
 * is already the run's own key, the invocation is not written again.
 * @returns the run's input, with the digest of the bytes that were read or stored
 * @throws CodeseederError `InputMissing`, `InputChanged`, `RunIdConflict`, or `InvalidRequest` when the key or the
 *   invocation is wrong
 */
export async function storeInput(
  runId: string,
  { request, input }: Pick<RequestedCode, 'request' | 'input'>,
  files: S3Bucket,
): Promise<RunInput> {
  const { invocation, inputKey = '', inputSha256 } = request;
  const text = input ?? (invocation && Buffer.from(JSON.stringify(invocation)));
  if (text !== undefined) return putInput(runId, text, files);
  if (!INPUT_OF_A_RUN.test(inputKey) && !inputKey.startsWith(INBOX_PREFIX)) {
    throw new CodeseederError(
      'InvalidRequest',
      `The request's inputKey ${inputKey} is neither under ${inputPrefix('<runId>')} nor under ${INBOX_PREFIX} of the bucket ${files.bucket}.`,
    );
  }
  const { content } = await readInvocation({ key: inputKey, sha256: inputSha256 }, files);
  const key = invocationKey(runId);
  return inputKey === key ? { key, ...contentDigest(content) } : putInput(runId, content, files);
}
