import type { IncomingMessage } from 'node:http';

import { AwsError } from '../wire/aws-error.js';

const DEFAULT_MAX_BYTES = 16 * 1024 * 1024;

/**
 * The whole body of a request.
 * @throws AwsError `RequestEntityTooLarge`
 */
export async function readBody(message: IncomingMessage, maxBytes = DEFAULT_MAX_BYTES): Promise<Buffer> {
  const tooLarge = () =>
    new AwsError('RequestEntityTooLarge', `The request body is over ${maxBytes} bytes.`, 413);
  if (Number(message.headers['content-length'] ?? 0) > maxBytes) throw tooLarge();
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  return new Promise((resolve, reject) => {
    message.on('data', (chunk: Buffer) => {
      sizeBytes += chunk.length;
      if (sizeBytes > maxBytes) {
        message.removeAllListeners('data').resume();
        reject(tooLarge());
      } else chunks.push(chunk);
    });
    message.on('end', () => resolve(Buffer.concat(chunks)));
    message.on('error', reject);
    message.on('close', () =>
      reject(new AwsError('RequestTimeout', 'The connection ended before the request did.')),
    );
  });
}
