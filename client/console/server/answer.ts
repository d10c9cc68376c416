import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';

import {
  CodeseederError,
  type ErrorCode,
  httpStatusOf,
  isTransientError,
} from '../../../lib/contract/index.js';
import { asCalled } from '../../how-called.js';
import type { Problem } from '../api.js';
import { SECURITY_HEADERS } from './headers.js';
import type { ServedConsole } from './seedkit-part.js';

/** Maximum size of a request's body in bytes, unless the route sets another one. */
const BODY_MAX_BYTES = 64 * 1_024;

/** Sends a response with the headers that each response has. */
export function send(
  response: ServerResponse,
  status: number,
  body: string | Uint8Array,
  headers: OutgoingHttpHeaders,
): void {
  response.writeHead(status, { ...SECURITY_HEADERS, ...headers });
  response.end(response.req.method === 'HEAD' ? undefined : body);
}

export function sendJson(response: ServerResponse, status: number, value: unknown): void {
  send(response, status, JSON.stringify(value), { 'content-type': 'application/json; charset=utf-8' });
}

export function sendProblem(response: ServerResponse, status: number, problem: Problem): void {
  sendJson(response, status, problem);
}

const STATUSES: Partial<Record<ErrorCode, number>> = {
  InvalidRequest: 400,
  ArgumentsNotJson: 400,
  RunNotFound: 404,
  MapNotFound: 404,
  PublishedTargetNotFound: 404,
  ScheduleNotFound: 404,
  RunNotOver: 409,
  MapNotOver: 409,
  RunIdConflict: 409,
  LockHeld: 409,
  LockNotHeld: 409,
  BundleMissing: 409,
  InputMissing: 409,
  InputChanged: 409,
};

/**
 * Sends the error of a call of the client. The status is that of {@link STATUSES} for an error that is listed there;
 * 503 if AWS throttled the request, did not answer or had a fault, so that the same request may succeed later; 403 if
 * the caller lacks a right in AWS; and 502 for any other error.
 */
export function sendError(
  response: ServerResponse,
  error: unknown,
  served: Pick<ServedConsole, 'program'>,
): void {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  sendProblem(response, statusOf(error), { code: name, message: asCalled(message, served) });
}

function statusOf(error: unknown): number {
  const known = error instanceof CodeseederError ? STATUSES[error.code] : undefined;
  if (known !== undefined) return known;
  if (isTransientError(error)) return 503;
  return isAccessDenied(error) ? 403 : 502;
}

/**
 * Returns whether AWS refused a request because of the caller's rights. Some services answer such a request with 400.
 */
function isAccessDenied(error: unknown): boolean {
  return error instanceof Error && (httpStatusOf(error) === 403 || /^AccessDenied/.test(error.name));
}

/** Reads the JSON of a request. @throws CodeseederError `InvalidRequest` */
export async function readJsonBody(request: IncomingMessage, maxBytes = BODY_MAX_BYTES): Promise<unknown> {
  const parts: Buffer[] = [];
  let sizeBytes = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    sizeBytes += part.length;
    if (sizeBytes > maxBytes)
      throw new CodeseederError('InvalidRequest', `The body has more than ${maxBytes} bytes.`);
    parts.push(part);
  }
  try {
    return JSON.parse(Buffer.concat(parts).toString('utf8'));
  } catch (cause) {
    throw new CodeseederError('InvalidRequest', 'The body is not JSON.', { cause });
  }
}
