import { randomUUID } from 'node:crypto';

import { AwsError } from '../../wire/aws-error.js';
import { StateError } from '../interpreter/state-error.js';

/**
 * Converts the error of a service to the error that an integration reports.
 * @param prefix begins the name of the error, such as `Lambda`
 * @param service name of the service in the cause, such as `DynamoDb`
 */
export function integrationError(error: unknown, prefix: string, service: string): StateError {
  if (error instanceof StateError) return error;
  if (error instanceof AwsError) {
    const where = `Service: ${service}, Status Code: ${error.statusCode}, Request ID: ${randomUUID()}`;
    return new StateError(`${prefix}.${error.code}`, `${error.message} (${where})`);
  }
  // The service did not respond. In AWS, the integration then reports an error of the SDK's client.
  const message = error instanceof Error ? error.message : String(error);
  return new StateError(`${prefix}.SdkClientException`, message);
}

/** Returns the metadata that an optimized integration adds to the response of a service. */
export function sdkMetadata(requestId: string = randomUUID()): Record<string, unknown> {
  return {
    SdkHttpMetadata: { HttpStatusCode: 200 },
    SdkResponseMetadata: { RequestId: requestId },
  };
}
