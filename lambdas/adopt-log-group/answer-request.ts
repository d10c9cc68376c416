import { boundedText } from '../../lib/contract/index.js';
import type { CustomResourceEnvelope } from './custom-resource-request.js';

/** CloudFormation takes answers of up to 4,096 bytes. */
const REASON_MAX_CHARACTERS = 1_000;

/** What CloudFormation learns of a request. */
export interface Answer {
  readonly Status: 'SUCCESS' | 'FAILED';
  readonly Reason?: string;
}

/**
 * Does what a request asks and answers it, whatever happens: without an answer the stack hangs for an hour.
 * @throws Error when the answer itself cannot be given, so that Lambda tries again
 */
export async function answerRequest(
  envelope: CustomResourceEnvelope,
  work: () => Promise<void>,
): Promise<Answer> {
  const answer = await outcomeOf(work);
  const response = await fetch(envelope.ResponseURL, {
    method: 'PUT',
    // The URL is signed for no content type.
    headers: { 'content-type': '' },
    body: JSON.stringify({
      ...answer,
      PhysicalResourceId: physicalId(envelope),
      StackId: envelope.StackId,
      RequestId: envelope.RequestId,
      LogicalResourceId: envelope.LogicalResourceId,
    }),
  });
  await response.body?.cancel();
  if (!response.ok) throw new Error(`CloudFormation took the answer with HTTP status ${response.status}.`);
  return answer;
}

async function outcomeOf(work: () => Promise<void>): Promise<Answer> {
  try {
    await work();
    return { Status: 'SUCCESS' };
  } catch (error) {
    return { Status: 'FAILED', Reason: boundedText(String(error), REASON_MAX_CHARACTERS) };
  }
}

/** The group's name: a change of it is another resource, whose predecessor CloudFormation then deletes. */
function physicalId({
  RequestType,
  ResourceProperties,
  PhysicalResourceId,
  LogicalResourceId,
}: CustomResourceEnvelope): string {
  if (RequestType === 'Delete' && PhysicalResourceId !== undefined) return PhysicalResourceId;
  return ResourceProperties?.LogGroupName ?? PhysicalResourceId ?? LogicalResourceId;
}
