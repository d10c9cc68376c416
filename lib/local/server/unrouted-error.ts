import type { AwsError } from '../wire/aws-error.js';
import { jsonErrorResponse } from '../wire/json-service.js';
import { queryErrorResponse } from '../wire/query-service.js';
import type { WireResponse, WireService } from '../wire/wire-service.js';
import { s3ErrorResponse } from '../wire/s3-error.js';
import type { RawRequest } from './admit-request.js';

type Protocol = NonNullable<WireService['protocol']>;

/** Guesses the protocol of a request for which no service is known, so that its client can read the error. */
export function guessProtocol({
  message,
  path,
  query,
}: Pick<RawRequest, 'message' | 'path' | 'query'>): Protocol {
  const contentType = message.headers['content-type'] ?? '';
  if (message.headers['x-amz-target'] !== undefined) return 'aws-json';
  if (/^\/(20\d\d-\d\d-\d\d|v1)\//.test(path)) return 'rest-json';
  if (path === '/' && query.has('Action')) return 'query';
  if (contentType.startsWith('application/x-www-form-urlencoded') && path === '/') return 'query';
  return contentType.includes('json') ? 'aws-json' : 's3';
}

/** Returns the response for an error of a request for which no service is known. */
export function unroutedErrorResponse(error: AwsError, protocol: Protocol, requestId: string): WireResponse {
  if (protocol === 'query') return queryErrorResponse(error, requestId);
  if (protocol === 's3') return s3ErrorResponse(error, requestId);
  return jsonErrorResponse(error, requestId, '1.1');
}
