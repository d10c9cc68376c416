import { randomUUID } from 'node:crypto';

import { AwsError } from '../../wire/aws-error.js';
import { StateError } from '../interpreter/state-error.js';

/**
 * A service's refusal as an integration reports it.
 * @param prefix what the integration puts before the service's code, such as `Lambda`
 * @param service the service's name in the cause, such as `DynamoDb`
 */
export function integrationError(error: unknown, prefix: string, service: string): StateError {
  if (error instanceof StateError) return error;
  if (error instanceof AwsError) {
    const where = `Service: ${service}, Status Code: ${error.statusCode}, Request ID: ${randomUUID()}`;
    return new StateError(`${prefix}.${error.code}`, `${error.message} (${where})`);
  }
  // In the service, too, a call that never got an answer is the client's error.
  const message = error instanceof Error ? error.message : String(error);
  return new StateError(`${prefix}.SdkClientException`, message);
}

/** What an optimized integration adds to the service's answer. */
export function sdkMetadata(requestId: string = randomUUID()): Record<string, unknown> {
  return {
    SdkHttpMetadata: { HttpStatusCode: 200 },
    SdkResponseMetadata: { RequestId: requestId },
  };
}
