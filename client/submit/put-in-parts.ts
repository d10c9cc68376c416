import { createHash } from 'node:crypto';

import type { CompletedPart } from '@aws-sdk/client-s3';

import { compositeChecksum, partsOf, type UploadPart } from '../../lib/contract/index.js';
import type { LayerZip } from '../bundle/layer/layer.js';
import { abortable } from '../connection/abortable.js';
import { retryPut } from './retry-put.js';
import type { PutOptions, StoredObject, ObjectLocation } from './zip-upload.js';

/** Number of parts that are sent at the same time. */
const PARALLEL_PARTS = 4;

/** Stores a zip by a multipart upload. After an error the upload is aborted. */
export async function putInParts(
  zip: LayerZip,
  location: ObjectLocation,
  options: PutOptions,
): Promise<StoredObject> {
  const { AbortMultipartUploadCommand, CreateMultipartUploadCommand } = await import('@aws-sdk/client-s3');
  const { s3, bucket: Bucket, key: Key } = location;
  const create = new CreateMultipartUploadCommand({
    Bucket,
    Key,
    ContentType: 'application/zip',
    ChecksumAlgorithm: 'SHA256',
    ChecksumType: 'COMPOSITE',
  });
  const { UploadId } = await s3.send(create, abortable(options.signal));
  const upload = { Bucket, Key, UploadId };
  try {
    const parts = await sendParts(zip, upload, location, options);
    return await complete(zip, parts, upload, location, options);
  } catch (error) {
    // S3 would keep, and charge for, the parts of an upload that is neither completed nor aborted. An error of the
    // abort is ignored, because the first error is thrown.
    await s3.send(new AbortMultipartUploadCommand(upload)).catch(() => undefined);
    throw error;
  }
}

interface Upload {
  readonly Bucket: string;
  readonly Key: string;
  readonly UploadId: string | undefined;
}

async function sendParts(
  zip: LayerZip,
  upload: Upload,
  { s3 }: ObjectLocation,
  { limits, signal }: PutOptions,
): Promise<CompletedPart[]> {
  const { UploadPartCommand } = await import('@aws-sdk/client-s3');
  const failed = new AbortController();
  const ending = signal === undefined ? failed.signal : AbortSignal.any([signal, failed.signal]);
  const waiting = partsOf(zip.sizeBytes, limits.partBytes);
  const sent: CompletedPart[] = [];
  const sendWaiting = async (): Promise<void> => {
    for (let part = waiting.shift(); part !== undefined; part = waiting.shift()) {
      const { number: PartNumber, start, end } = part;
      const ChecksumSHA256 = await checksumOf(zip, part);
      const { ETag } = await retryPut(() => {
        const Body = zip.read(start, end);
        const command = { ...upload, PartNumber, Body, ContentLength: end - start, ChecksumSHA256 };
        return s3.send(new UploadPartCommand(command), abortable(ending));
      }, ending);
      sent.push({ PartNumber, ETag, ChecksumSHA256 });
    }
  };
  const senders = Array.from({ length: PARALLEL_PARTS }, () =>
    sendWaiting().catch((error: unknown) => {
      failed.abort(error);
      throw error;
    }),
  );
  await Promise.allSettled(senders);
  // Throws the error of the first part that failed. The other parts failed because they were aborted.
  ending.throwIfAborted();
  return sent.sort((one, other) => (one.PartNumber ?? 0) - (other.PartNumber ?? 0));
}

/** Computes the checksum that S3 would report for a zip stored in parts. */
export async function checksumOfParts(zip: LayerZip, partBytes: number): Promise<string> {
  const checksums: string[] = [];
  for (const part of partsOf(zip.sizeBytes, partBytes)) checksums.push(await checksumOf(zip, part));
  return compositeChecksum(checksums);
}

async function checksumOf(zip: LayerZip, { start, end }: UploadPart): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of zip.read(start, end) as AsyncIterable<Uint8Array>) hash.update(chunk);
  return hash.digest('base64');
}

async function complete(
  { sizeBytes }: LayerZip,
  parts: CompletedPart[],
  upload: Upload,
  { s3 }: ObjectLocation,
  { signal }: PutOptions,
): Promise<StoredObject> {
  const { CompleteMultipartUploadCommand } = await import('@aws-sdk/client-s3');
  const command = new CompleteMultipartUploadCommand({
    ...upload,
    MultipartUpload: { Parts: parts },
    ChecksumType: 'COMPOSITE',
    MpuObjectSize: sizeBytes,
    IfNoneMatch: '*',
  });
  const { ChecksumSHA256 } = await s3.send(command, abortable(signal));
  return { checksumSha256: ChecksumSHA256 ?? compositeOf(parts), sizeBytes };
}

function compositeOf(parts: readonly CompletedPart[]): string {
  return compositeChecksum(parts.map(({ ChecksumSHA256 = '' }) => ChecksumSHA256));
}
