import { boundedText } from '../../lib/contract/index.js';
import type { CustomResourceEnvelope } from './custom-resource-request.js';

/** CloudFormation accepts responses of up to 4,096 bytes. */
const REASON_MAX_CHARACTERS = 1_000;

/** The response to a request of CloudFormation. */
export interface Answer {
  readonly Status: 'SUCCESS' | 'FAILED';
  readonly Reason?: string;
}

/**
 * Runs the work of a request and always sends a response: without a response the stack would wait for an hour.
 * @throws Error when the response cannot be sent; Lambda then calls the handler again
 */
export async function answerRequest(
  envelope: CustomResourceEnvelope,
  work: () => Promise<void>,
): Promise<Answer> {
  const answer = await outcomeOf(work);
  const response = await fetch(envelope.ResponseURL, {
    method: 'PUT',
    // The URL's signature covers an empty content type.
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
  if (!response.ok)
    throw new Error(`CloudFormation rejected the response with HTTP status ${response.status}.`);
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

/** Returns the name of the log group. When it changes, CloudFormation deletes the resource with the previous name. */
function physicalId({
  RequestType,
  ResourceProperties,
  PhysicalResourceId,
  LogicalResourceId,
}: CustomResourceEnvelope): string {
  if (RequestType === 'Delete' && PhysicalResourceId !== undefined) return PhysicalResourceId;
  return ResourceProperties?.LogGroupName ?? PhysicalResourceId ?? LogicalResourceId;
}
