import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';

import { CodeseederError, type ErrorCode, isTransientError } from '../../../lib/contract/index.js';
import type { Problem } from '../api.js';
import { SECURITY_HEADERS } from './headers.js';

/** Greatest size of the body of a request. */
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
  RunNotFound: 404,
  RunNotOver: 409,
  BundleMissing: 409,
  InputMissing: 409,
  InputChanged: 409,
};

/** Sends the error of a call of the client. */
export function sendError(response: ServerResponse, error: unknown): void {
  if (error instanceof CodeseederError) {
    const status = STATUSES[error.code] ?? 502;
    sendProblem(response, status, { code: error.code, message: error.message });
    return;
  }
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  sendProblem(response, isTransientError(error) ? 503 : 502, { code: name, message });
}

/** Reads the JSON of a request. @throws CodeseederError `InvalidRequest` */
export async function readJsonBody(request: IncomingMessage): Promise<unknown> {
  const parts: Buffer[] = [];
  let sizeBytes = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    sizeBytes += part.length;
    if (sizeBytes > BODY_MAX_BYTES)
      throw new CodeseederError('InvalidRequest', `The body has more than ${BODY_MAX_BYTES} bytes.`);
    parts.push(part);
  }
  try {
    return JSON.parse(Buffer.concat(parts).toString('utf8'));
  } catch (cause) {
    throw new CodeseederError('InvalidRequest', 'The body is not JSON.', { cause });
  }
}
