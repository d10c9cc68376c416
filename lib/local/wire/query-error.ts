import type { AwsError } from './aws-error.js';
import type { WireResponse } from './wire-service.js';
import { writeXml } from './xml.js';

/** An error as services of the AWS Query protocol answer it. */
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
