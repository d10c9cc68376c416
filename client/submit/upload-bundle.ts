import { setTimeout as sleep } from 'node:timers/promises';

import type { Connection } from '../connection/connection.js';
import type { PackedBundle } from '../bundle/pack-bundle.js';
import type { ProgressListener } from '../seedkit-types.js';
import { httpStatusOf } from './http-status.js';

export interface UploadOptions {
  readonly onProgress?: ProgressListener | undefined;
  readonly signal?: AbortSignal | undefined;
}

const PUT_ATTEMPTS = 4;
const RETRY_AFTER_MS = 100;

/** Puts a bundle where its content says, unless it is there: the same code is uploaded once. */
export async function uploadBundle(
  bundle: PackedBundle,
  connection: Connection,
  { onProgress, signal }: UploadOptions,
): Promise<void> {
  const { key, sizeBytes } = bundle.reference;
  // Asked first, so that a large bundle is not sent only to learn that it is there.
  let alreadyPresent = await isPresent(bundle, connection, signal);
  if (!alreadyPresent) {
    onProgress?.({ type: 'uploading', key, sizeBytes });
    alreadyPresent = !(await putOnce(bundle, connection, signal));
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

/** @returns whether it was put; else somebody else put the same content in the meantime */
async function putOnce(bundle: PackedBundle, connection: Connection, signal?: AbortSignal): Promise<boolean> {
  const { PutObjectCommand } = await import('@aws-sdk/client-s3');
  const { bucket } = await connection.deployed();
  const s3 = await connection.clients.s3();
  const { key, sha256, sizeBytes } = bundle.reference;
  for (let attempt = 1; ; attempt += 1) {
    const command = new PutObjectCommand({
      Bucket: bucket,
      Key: key,
      Body: bundle.content(),
      ContentLength: sizeBytes,
      ContentType: 'application/zip',
      ChecksumSHA256: Buffer.from(sha256, 'hex').toString('base64'),
      IfNoneMatch: '*',
    });
    try {
      await s3.send(command, abortable(signal));
      return true;
    } catch (error) {
      if (httpStatusOf(error) === 412) return false;
      if (attempt >= PUT_ATTEMPTS || !isPassing(error)) throw error;
      await sleep(RETRY_AFTER_MS * 2 ** attempt, undefined, signal === undefined ? {} : { signal });
    }
  }
}

/** Whether the same put may succeed later. The SDK itself does not send a stream twice. */
function isPassing(error: unknown): boolean {
  if (error instanceof Error && error.name === 'AbortError') return false;
  const status = httpStatusOf(error);
  // Without a status the connection broke; 409 lost against another writer of the same key.
  return status === undefined || status === 409 || status === 429 || status >= 500;
}

function abortable(signal: AbortSignal | undefined): { abortSignal?: AbortSignal } {
  return signal === undefined ? {} : { abortSignal: signal };
}
