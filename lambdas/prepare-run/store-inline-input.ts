import { inlineInvocation, parseInvocationHead } from '../../lib/contract/index.js';
import { putInput } from '../../lib/run-store/files.js';
import type { S3Bucket } from '../../lib/s3-objects.js';

/**
 * Stores the inline invocation of an unchecked request as the input of its run. Repeating the call changes nothing.
 * @throws CodeseederError `InvalidRequest`; `RunIdConflict` when another input exists
 */
export async function storeInlineInput(request: unknown, runId: string, files: S3Bucket): Promise<void> {
  const content = inlineInvocation(request);
  if (content === undefined) return;
  parseInvocationHead(content, 'invocation of the run request');
  await putInput(runId, content, files);
}
