import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

import type { WireResponse } from '../wire/wire-service.js';

/** The status of an answer to a request that is still incomplete. */
const TIMED_OUT = 408;

/** Sends an answer and waits for its last byte. Never sends a cross-origin header. */
export async function sendResponse(
  message: IncomingMessage,
  response: ServerResponse,
  answer: WireResponse,
): Promise<void> {
  // An unread body would block the connection's next request.
  message.resume();
  const { body } = answer;
  if (response.destroyed) {
    if (body instanceof Readable) body.destroy();
    return;
  }
  const isBodyUnwanted = message.headers.expect !== undefined || answer.status === TIMED_OUT;
  if (!message.complete && isBodyUnwanted) response.setHeader('connection', 'close');
  response.writeHead(answer.status, headersOf(answer));
  if (body instanceof Readable) await pipeline(body, response);
  else response.end(body);
}

function headersOf({ status, headers = {}, body }: WireResponse): Record<string, string> {
  if (typeof body === 'string' || Buffer.isBuffer(body)) {
    return { ...headers, 'content-length': String(Buffer.byteLength(body)) };
  }
  const isEmpty = body === undefined && status !== 204 && status !== 304;
  return isEmpty ? { 'content-length': '0', ...headers } : headers;
}
