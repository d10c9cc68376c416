/** Finds, reads and creates objects of an S3 bucket, for the client and the handlers. No object is overwritten. */
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';

import { GetObjectCommand, HeadObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';

import { httpStatusOf } from './contract/index.js';

/** A bucket, with the client to use it. */
export interface S3Bucket {
  readonly s3: S3Client;
  readonly bucket: string;
}

/** Options of a request to AWS. */
export interface SendOptions {
  readonly abortSignal?: AbortSignal;
}

/** The properties of an object that exists. */
export interface FoundObject {
  readonly key: string;
  /** `ChecksumSHA256` as S3 reports it; undefined for an object that was stored without one. */
  readonly checksumSha256: string | undefined;
  /** Whether the checksum is that of the whole object, and not a checksum of its parts' checksums. */
  readonly isWholeChecksum: boolean;
  readonly sizeBytes: number;
  readonly etag: string | undefined;
  readonly lastModified: Date | undefined;
  readonly contentType: string | undefined;
  readonly metadata: Record<string, string> | undefined;
}

/** Reads the properties of an object. @returns undefined when the object does not exist */
export async function findObject(
  key: string,
  { s3, bucket }: S3Bucket,
  options: SendOptions = {},
): Promise<FoundObject | undefined> {
  const command = new HeadObjectCommand({ Bucket: bucket, Key: key, ChecksumMode: 'ENABLED' });
  try {
    const { ChecksumSHA256: checksumSha256, ...head } = await s3.send(command, options);
    return {
      key,
      checksumSha256,
      isWholeChecksum: head.ChecksumType !== 'COMPOSITE' && checksumSha256?.includes('-') === false,
      sizeBytes: head.ContentLength ?? 0,
      etag: head.ETag,
      lastModified: head.LastModified,
      contentType: head.ContentType,
      metadata: head.Metadata,
    };
  } catch (error) {
    if (httpStatusOf(error) === 404) return undefined;
    throw error;
  }
}

/** An object that was read. */
export interface ReadObject {
  readonly sizeBytes: number;
  /** The ETag without quotes, as in events. */
  readonly etag: string | undefined;
  /** Absent when the object is larger than the reader allows. */
  readonly content?: Uint8Array;
}

/**
 * Reads an object of up to `maxBytes`.
 * @returns undefined if the object does not exist; without its content if it is larger
 */
export async function readObject(
  key: string,
  { s3, bucket }: S3Bucket,
  maxBytes: number,
  options: SendOptions = {},
): Promise<ReadObject | undefined> {
  try {
    const command = new GetObjectCommand({ Bucket: bucket, Key: key });
    const { ContentLength: sizeBytes = 0, ETag, Body } = await s3.send(command, options);
    const etag = ETag?.replaceAll('"', '');
    if (sizeBytes > maxBytes) {
      if (Body instanceof Readable) Body.destroy();
      return { sizeBytes, etag };
    }
    return { sizeBytes, etag, content: (await Body?.transformToByteArray()) ?? Buffer.of() };
  } catch (error) {
    if (error instanceof Error && error.name === 'NoSuchKey') return undefined;
    throw error;
  }
}

/** An object to create. */
export interface NewObject {
  readonly key: string;
  readonly content: Uint8Array;
  readonly contentType: string;
}

const PUT_ATTEMPTS = 4;
const PUT_RETRY_MS = 100;

/** Creates an object, or keeps one with the same content. @returns false when an object with other content exists */
export async function putOnce(
  { key, content, contentType }: NewObject,
  { s3, bucket }: S3Bucket,
  options: SendOptions = {},
): Promise<boolean> {
  const object = { Bucket: bucket, Key: key, Body: content, ContentType: contentType, IfNoneMatch: '*' };
  for (let attempt = 1; ; attempt += 1) {
    try {
      await s3.send(new PutObjectCommand(object), options);
      return true;
    } catch (error) {
      const status = httpStatusOf(error);
      if (status === 412) return (await hasContent(key, content, { s3, bucket }, options)) === true;
      // S3 answers 409 while another PutObject of the same key is in progress.
      if (status !== 409 || attempt >= PUT_ATTEMPTS) throw error;
      await sleep(PUT_RETRY_MS * 2 ** attempt, undefined, { signal: options.abortSignal });
    }
  }
}

/** Returns whether an object has the given content; undefined when the object does not exist. */
export async function hasContent(
  key: string,
  content: Uint8Array,
  bucket: S3Bucket,
  options: SendOptions = {},
): Promise<boolean | undefined> {
  const found = await readObject(key, bucket, content.byteLength, options);
  if (found === undefined) return undefined;
  return found.content !== undefined && Buffer.compare(found.content, content) === 0;
}
