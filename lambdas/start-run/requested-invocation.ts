import {
  CodeseederError,
  INBOX_PREFIX,
  type Invocation,
  invocationKey,
  inputPrefix,
  type RequestedRun,
} from '../../lib/contract/index.js';
import { readInvocation, type RunFiles } from '../../lib/run-store/files.js';

const INPUT_OF_A_RUN = new RegExp(`^${inputPrefix('[^/]+')}`);

/**
 * Returns the invocation that a request includes, or reads the one that its `inputKey` names.
 * @returns undefined when `inputKey` is the key at which the run reads its invocation
 * @throws CodeseederError `InputMissing`, or `InvalidRequest` when the key or the invocation is wrong
 */
export async function requestedInvocation(
  runId: string,
  { invocation, inputKey = '' }: RequestedRun,
  files: RunFiles,
): Promise<Invocation | undefined> {
  if (inputKey === invocationKey(runId)) return undefined;
  if (invocation !== undefined) return invocation;
  if (!INPUT_OF_A_RUN.test(inputKey) && !inputKey.startsWith(INBOX_PREFIX)) {
    throw new CodeseederError(
      'InvalidRequest',
      `The request's inputKey ${inputKey} is neither under ${inputPrefix('<runId>')} nor under ${INBOX_PREFIX} of the bucket ${files.bucket}.`,
    );
  }
  return readInvocation(inputKey, files);
}
