import type { AwsError } from './aws-error.js';
import type { WireResponse } from './wire-service.js';

/** Returns the response of an AWS JSON service for an error. */
export function jsonErrorResponse(
  { code, message, statusCode, members }: AwsError,
  requestId: string,
  jsonVersion: '1.0' | '1.1',
): WireResponse {
  return {
    status: statusCode,
    headers: {
      'content-type': `application/x-amz-json-${jsonVersion}`,
      'x-amzn-requestid': requestId,
      'x-amzn-errortype': code,
    },
    body: JSON.stringify({ __type: code, message, ...members }),
  };
}
