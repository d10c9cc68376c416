import type { AwsError } from './aws-error.js';
import type { WireResponse } from './wire-service.js';
import { writeXml } from './xml.js';

/** Returns the response of an AWS Query service for an error. */
export function queryErrorResponse(error: AwsError, requestId: string, xmlns?: string): WireResponse {
  return {
    status: error.statusCode,
    headers: { 'content-type': 'text/xml', 'x-amzn-requestid': requestId },
    body: writeXml({
      ErrorResponse: {
        '@xmlns': xmlns,
        Error: {
          Type: error.statusCode >= 500 ? 'Receiver' : 'Sender',
          Code: error.code,
          Message: error.message,
        },
        RequestId: requestId,
      },
    }),
  };
}
