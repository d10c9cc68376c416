import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

import type { LayerZip } from '../bundle/layer/layer.js';
import { openUnnamedFile } from '../bundle/layer/unnamed-file.js';
import { abortable } from '../connection/abortable.js';
import type { ObjectLocation } from './zip-upload.js';

/** Reads an object of S3 into a temporary file. */
export async function fetchZip(
  { s3, bucket, key }: ObjectLocation,
  signal: AbortSignal | undefined,
): Promise<LayerZip> {
  const { GetObjectCommand } = await import('@aws-sdk/client-s3');
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }), abortable(signal));
  const file = await openUnnamedFile();
  const hash = createHash('sha256');
  let sizeBytes = 0;
  try {
    await pipeline(
      Body as Readable,
      async function* (chunks: AsyncIterable<Buffer>) {
        for await (const chunk of chunks) {
          hash.update(chunk);
          sizeBytes += chunk.length;
          yield chunk;
        }
      },
      file.write,
    );
  } catch (error) {
    await file.dispose();
    throw error;
  }
  return { sizeBytes, checksumSha256: hash.digest('base64'), read: file.read, dispose: file.dispose };
}
