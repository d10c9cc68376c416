import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

import type { WireResponse } from '../wire/wire-service.js';

/** Status of the response to a request whose body was not received in time. */
const TIMED_OUT = 408;

/**
 * Sends a response. Resolves when a streamed body is sent, and at once for any other body. Adds no CORS header, so that
 * web pages cannot read responses.
 */
export async function sendResponse(
  message: IncomingMessage,
  response: ServerResponse,
  answer: WireResponse,
): Promise<void> {
  // Discards the unread part of the request's body, which would otherwise block the next request on the connection.
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
