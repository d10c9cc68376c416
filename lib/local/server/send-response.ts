import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

import type { WireResponse } from '../wire/wire-service.js';

/** To a client that has not yet said all it wanted to. */
const TIMED_OUT = 408;

/** Sends an answer to its last byte. No cross-origin header is ever among what is sent. */
export async function sendResponse(
  message: IncomingMessage,
  response: ServerResponse,
  answer: WireResponse,
): Promise<void> {
  // A body that nobody read would otherwise keep the connection from its next request.
  message.resume();
  const { body } = answer;
  if (response.destroyed) {
    if (body instanceof Readable) body.destroy();
    return;
  }
  const waitsInVain = message.headers.expect !== undefined || answer.status === TIMED_OUT;
  if (!message.complete && waitsInVain) response.setHeader('connection', 'close');
  response.writeHead(answer.status, {
    ...answer.headers,
    ...(typeof body === 'string' || Buffer.isBuffer(body)
      ? { 'content-length': String(Buffer.byteLength(body)) }
      : {}),
    ...(body === undefined && answer.headers?.['content-length'] === undefined && hasBody(answer.status)
      ? { 'content-length': '0' }
      : {}),
  });
  if (body instanceof Readable) await pipeline(body, response);
  else response.end(body);
}

function hasBody(status: number): boolean {
  return status !== 204 && status !== 304;
}
