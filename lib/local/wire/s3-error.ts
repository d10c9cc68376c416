import type { AwsError } from './aws-error.js';
import type { WireResponse } from './wire-service.js';
import { writeXml, type XmlValue } from './xml.js';

/** An error as S3 answers it. A HEAD request and a 304 get no body. */
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
