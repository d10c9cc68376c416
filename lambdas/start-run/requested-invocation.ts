import {
  CodeseederError,
  INBOX_PREFIX,
  invocationKey,
  type RequestedRun,
  RUNS_PREFIX,
} from '../../lib/contract/index.js';
import { readInvocation, type RunFiles } from '../../lib/run-store/files.js';

/**
 * Returns the JSON text of the invocation that a request includes, or of the one that its `inputKey` names.
 * @returns undefined when `inputKey` is the key at which the run reads its invocation
 * @throws CodeseederError `InputMissing`, or `InvalidRequest` when the key or the invocation is wrong
 */
export async function requestedInvocation(
  runId: string,
  { invocation, inputKey = '' }: RequestedRun,
  files: RunFiles,
): Promise<Uint8Array | undefined> {
  if (inputKey === invocationKey(runId)) return undefined;
  if (invocation !== undefined) return Buffer.from(JSON.stringify(invocation));
  if (!inputKey.startsWith(RUNS_PREFIX) && !inputKey.startsWith(INBOX_PREFIX)) {
    throw new CodeseederError(
      'InvalidRequest',
      `The request's inputKey ${inputKey} is neither under ${RUNS_PREFIX} nor under ${INBOX_PREFIX} of the bucket ${files.bucket}.`,
    );
  }
  return (await readInvocation(inputKey, files)).content;
}
