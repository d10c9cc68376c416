import type { AwsError } from './aws-error.js';
import type { WireResponse } from './wire-service.js';

/** Returns the response of a REST JSON service for an error. Services spell the message's name in both ways. */
export function restJsonErrorResponse(
  { code, message, statusCode, members }: AwsError,
  requestId: string,
): WireResponse {
  return {
    status: statusCode,
    headers: {
      'content-type': 'application/json',
      'x-amzn-requestid': requestId,
      'x-amzn-errortype': code,
    },
    body: JSON.stringify({ ...members, Message: message, message }),
  };
}
