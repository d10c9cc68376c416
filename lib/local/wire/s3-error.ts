import type { AwsError } from './aws-error.js';
import type { WireResponse } from './wire-service.js';
import { writeXml, type XmlValue } from './xml.js';

/**
 * Returns the response of S3 for an error. It has no body if the request is a HEAD request or the status is 304.
 */
export function s3ErrorResponse(error: AwsError, requestId: string, method = 'GET'): WireResponse {
  const headers = { 'x-amz-request-id': requestId };
  if (method === 'HEAD' || error.statusCode === 304) return { status: error.statusCode, headers };
  return {
    status: error.statusCode,
    headers: { ...headers, 'content-type': 'application/xml' },
    body: writeXml({
      Error: {
        Code: error.code,
        Message: error.message,
        ...(error.members as Record<string, XmlValue>),
        RequestId: requestId,
      },
    }),
  };
}
