import type { IncomingMessage } from 'node:http';

import { AwsError } from '../wire/aws-error.js';

const DEFAULT_MAX_BYTES = 16 * 1024 * 1024;
/** Default maximum time to receive a body. */
const WHOLE_BODY_MS = 60_000;

/**
 * Reads the complete body of a request.
 * @param withinMs maximum time to receive the body
 * @throws AwsError `RequestEntityTooLarge`, `RequestTimeout`
 */
export async function readBody(
  message: IncomingMessage,
  maxBytes = DEFAULT_MAX_BYTES,
  withinMs = WHOLE_BODY_MS,
): Promise<Buffer> {
  const tooLarge = () =>
    new AwsError('RequestEntityTooLarge', `The request body is over ${maxBytes} bytes.`, 413);
  if (Number(message.headers['content-length'] ?? 0) > maxBytes) throw tooLarge();
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  return new Promise<Buffer>((resolve, reject) => {
    const late = setTimeout(() => {
      message.removeAllListeners('data').resume();
      reject(new AwsError('RequestTimeout', `The request's body took longer than ${withinMs} ms.`, 408));
    }, withinMs).unref();
    message.on('data', (chunk: Buffer) => {
      sizeBytes += chunk.length;
      if (sizeBytes > maxBytes) {
        message.removeAllListeners('data').resume();
        reject(tooLarge());
      } else chunks.push(chunk);
    });
    message.on('end', () => {
      clearTimeout(late);
      resolve(Buffer.concat(chunks));
    });
    message.on('error', reject);
    message.on('close', () => {
      clearTimeout(late);
      if (!message.readableEnded) {
        reject(new AwsError('RequestTimeout', 'The connection ended before the request did.'));
      }
    });
  });
}
