import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

import type { HeadObjectCommandOutput, S3Client } from '@aws-sdk/client-s3';

import { BUNDLE_MAX_BYTES, bundleKey, CodeseederError } from '../../lib/contract/index.js';
import type { Connection } from '../connection/connection.js';
import type { PackedBundle } from './pack-bundle.js';
import { openUnnamedFile, type UnnamedFile } from './unnamed-file.js';

const PLACE = /^(?:s3:\/\/)?(?<bucket>[a-z0-9][a-z0-9.-]{1,61}[a-z0-9])\/(?<key>.{1,1024})$/s;

interface Place {
  readonly bucket: string;
  readonly key: string;
}

/**
 * A bundle that lies in S3 already, as it is. Its original is never changed or deleted: builds get the copy in the
 * seedkit's bucket that its content names, made once.
 *
 * @param location `[s3://]bucket/key`, readable with the connection's credentials
 * @throws CodeseederError `InvalidRequest`, `BundleMissing`, `BundleTooLarge`
 */
export async function prebuiltBundle(
  location: string,
  connection: Connection,
  signal?: AbortSignal,
): Promise<PackedBundle> {
  const place = parsePlace(location);
  const { bucket } = await connection.deployed();
  const s3 = await connection.clients.s3();
  const head = await headObject(s3, place, signal);
  if (head === undefined) {
    throw new CodeseederError(
      'BundleMissing',
      `There is no prebuilt bundle s3://${place.bucket}/${place.key}.`,
    );
  }
  const { ContentLength: sizeBytes = 0 } = head;
  if (sizeBytes > BUNDLE_MAX_BYTES) {
    throw new CodeseederError(
      'BundleTooLarge',
      `The prebuilt bundle has ${sizeBytes} bytes, at most ${BUNDLE_MAX_BYTES}.`,
    );
  }
  const file = await openUnnamedFile();
  try {
    const known = sha256Of(head);
    // What the seedkit has by the same content is not fetched.
    const isThere =
      known !== undefined && (await headObject(s3, { bucket, key: bundleKey(known) }, signal)) !== undefined;
    const sha256 = isThere ? known : await download(s3, place, file, signal);
    const reference = { key: bundleKey(sha256), sha256, sizeBytes };
    return { reference, content: file.read, exports: {}, dispose: file.dispose };
  } catch (error) {
    await file.dispose();
    throw error;
  }
}

function parsePlace(location: string): Place {
  const { bucket, key } = PLACE.exec(location)?.groups ?? {};
  if (bucket !== undefined && key !== undefined) return { bucket, key };
  throw new CodeseederError(
    'InvalidRequest',
    `The prebuilt bundle ${JSON.stringify(location)} is not a place in S3; give it as s3://bucket/key.`,
  );
}

async function headObject(
  s3: S3Client,
  { bucket, key }: Place,
  signal: AbortSignal | undefined,
): Promise<HeadObjectCommandOutput | undefined> {
  const { HeadObjectCommand } = await import('@aws-sdk/client-s3');
  const command = new HeadObjectCommand({ Bucket: bucket, Key: key, ChecksumMode: 'ENABLED' });
  try {
    return await s3.send(command, signal === undefined ? {} : { abortSignal: signal });
  } catch (error) {
    const { $metadata } = error as { $metadata?: { httpStatusCode?: number } };
    if ($metadata?.httpStatusCode === 404) return undefined;
    throw error;
  }
}

/** What S3 knows of the whole object; of one put in parts it knows the parts' only. */
function sha256Of({ ChecksumSHA256, ChecksumType }: HeadObjectCommandOutput): string | undefined {
  if (ChecksumSHA256 === undefined || ChecksumType === 'COMPOSITE') return undefined;
  const sha256 = Buffer.from(ChecksumSHA256, 'base64').toString('hex');
  return sha256.length === 64 && !ChecksumSHA256.includes('-') ? sha256 : undefined;
}

/** @returns the content's SHA-256 */
async function download(
  s3: S3Client,
  { bucket, key }: Place,
  file: UnnamedFile,
  signal: AbortSignal | undefined,
): Promise<string> {
  const { GetObjectCommand } = await import('@aws-sdk/client-s3');
  const abortable = signal === undefined ? {} : { abortSignal: signal };
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }), abortable);
  const hash = createHash('sha256');
  await pipeline(
    Body as Readable,
    async function* (chunks: AsyncIterable<Buffer>) {
      for await (const chunk of chunks) {
        hash.update(chunk);
        yield chunk;
      }
    },
    file.write,
  );
  return hash.digest('hex');
}
