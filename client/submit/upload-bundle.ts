import { createReadStream } from 'node:fs';

import type { Connection } from '../connection/connection.js';
import type { PackedBundle } from '../bundle/pack-bundle.js';
import type { ProgressListener } from '../seedkit-types.js';

export interface UploadOptions {
  readonly onProgress?: ProgressListener | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** How often a put is made again that lost against another writer of the same key. */
const CONFLICT_RETRIES = 3;

/** Puts a bundle where its content says, unless it is there: the same code is uploaded once. */
export async function uploadBundle(
  bundle: PackedBundle,
  connection: Connection,
  { onProgress, signal }: UploadOptions,
): Promise<void> {
  const { key, sizeBytes } = bundle.reference;
  // Asked first, so that a large bundle is not sent only to learn that it is there.
  const alreadyPresent = await isPresent(bundle, connection, signal);
  if (!alreadyPresent) {
    onProgress?.({ type: 'uploading', key, sizeBytes });
    await putOnce(bundle, connection, signal);
  }
  onProgress?.({ type: 'uploaded', key, alreadyPresent });
}

async function isPresent(
  bundle: PackedBundle,
  connection: Connection,
  signal?: AbortSignal,
): Promise<boolean> {
  const { HeadObjectCommand } = await import('@aws-sdk/client-s3');
  const { bucket } = await connection.deployed();
  const s3 = await connection.clients.s3();
  try {
    const command = new HeadObjectCommand({ Bucket: bucket, Key: bundle.reference.key });
    await s3.send(command, abortable(signal));
    // Whether it is still what its name says is for prepare-run to check, for everybody.
    return true;
  } catch (error) {
    if (httpStatusOf(error) === 404) return false;
    throw error;
  }
}

async function putOnce(bundle: PackedBundle, connection: Connection, signal?: AbortSignal): Promise<void> {
  const { PutObjectCommand } = await import('@aws-sdk/client-s3');
  const { bucket } = await connection.deployed();
  const s3 = await connection.clients.s3();
  const { key, sha256, sizeBytes } = bundle.reference;
  for (let attempt = 0; ; attempt += 1) {
    const command = new PutObjectCommand({
      Bucket: bucket,
      Key: key,
      Body: createReadStream(bundle.file),
      ContentLength: sizeBytes,
      ContentType: 'application/zip',
      ChecksumSHA256: Buffer.from(sha256, 'hex').toString('base64'),
      IfNoneMatch: '*',
    });
    try {
      await s3.send(command, abortable(signal));
      return;
    } catch (error) {
      const status = httpStatusOf(error);
      // Somebody else put the same content in the meantime.
      if (status === 412) return;
      if (status !== 409 || attempt >= CONFLICT_RETRIES) throw error;
    }
  }
}

function httpStatusOf(error: unknown): number | undefined {
  return (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
}

function abortable(signal: AbortSignal | undefined): { abortSignal?: AbortSignal } {
  return signal === undefined ? {} : { abortSignal: signal };
}
