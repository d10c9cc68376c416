/**
 * Reads and writes the objects of runs in a seedkit's bucket: layers, invocations and results. No object is overwritten, and
 * what is read is compared with the digest in the message that names it.
 */
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';

import { GetObjectCommand, HeadObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';

import {
  checkInvocation,
  CodeseederError,
  type ContentDigest,
  contentDigest,
  type FoundResult,
  foundResult,
  httpStatusOf,
  INVOCATION_MAX_BYTES,
  invocationKey,
  isContentOf,
  keysOfLayer,
  type LayerReference,
  type NamedInput,
  type ParseResult,
  type ReadInvocation,
  RESULT_MAX_BYTES,
  resultKey,
  type RunInput,
} from '../contract/index.js';

/** The bucket of a seedkit, with the client to use it. */
export interface RunFiles {
  readonly s3: S3Client;
  readonly bucket: string;
}

/** Options of a request to S3. */
export interface SendOptions {
  readonly abortSignal?: AbortSignal;
}

/** The properties of an object that exists. */
export interface FoundObject {
  /** `ChecksumSHA256` as S3 reports it; undefined for an object that was stored without one. */
  readonly checksumSha256: string | undefined;
  /** Whether the checksum is that of the whole object, not a checksum of its parts' checksums. */
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
  { s3, bucket }: RunFiles,
  options: SendOptions = {},
): Promise<FoundObject | undefined> {
  const command = new HeadObjectCommand({ Bucket: bucket, Key: key, ChecksumMode: 'ENABLED' });
  try {
    const { ChecksumSHA256: checksumSha256, ...head } = await s3.send(command, options);
    return {
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

/** An object that has the content of a layer. */
export interface StoredLayer {
  readonly key: string;
  readonly found: FoundObject;
}

/**
 * Finds the object with the content of a layer that expires last.
 * @returns it, and the keys of the layer that are free
 */
export async function findLayer(
  layer: LayerReference,
  files: RunFiles,
  options: SendOptions = {},
): Promise<{ readonly stored: StoredLayer | undefined; readonly freeKeys: readonly string[] }> {
  const looks = await Promise.all(
    keysOfLayer(layer.key).map(async (key) => ({ key, found: await findObject(key, files, options) })),
  );
  const stored = looks.flatMap(({ key, found }) =>
    found !== undefined && isContentOf(layer, found) ? [{ key, found }] : [],
  );
  const createdMs = ({ found }: StoredLayer) => found.lastModified?.getTime() ?? 0;
  return {
    stored: stored.sort((one, other) => createdMs(other) - createdMs(one))[0],
    freeKeys: looks.flatMap(({ key, found }) => (found === undefined ? [key] : [])),
  };
}

/** An object to create. */
export interface NewObject {
  readonly key: string;
  readonly content: Uint8Array;
  readonly contentType: string;
}

const PUT_ATTEMPTS = 4;
const PUT_RETRY_MS = 100;

/** Creates an object, or keeps one with the same content. @returns false when an object with another content exists */
export async function putOnce(
  { key, content, contentType }: NewObject,
  files: RunFiles,
  options: SendOptions = {},
): Promise<boolean> {
  const { s3, bucket } = files;
  const object = { Bucket: bucket, Key: key, Body: content, ContentType: contentType, IfNoneMatch: '*' };
  for (let attempt = 1; ; attempt += 1) {
    try {
      await s3.send(new PutObjectCommand(object), options);
      return true;
    } catch (error) {
      const status = httpStatusOf(error);
      if (status === 412) break;
      // S3 answers 409 while another PutObject of the same key is in progress.
      if (status !== 409 || attempt >= PUT_ATTEMPTS) throw error;
      await sleep(PUT_RETRY_MS * 2 ** attempt, undefined, { signal: options.abortSignal });
    }
  }
  const existing = await readObject(key, files, content.byteLength, options);
  return existing?.content !== undefined && Buffer.compare(existing.content, content) === 0;
}

/**
 * Stores the JSON of an invocation where the build of a run reads it, and returns the run's input for the request.
 * @throws CodeseederError `RunIdConflict` when another content exists
 */
export async function putInput(
  runId: string,
  content: Uint8Array,
  files: RunFiles,
  options: SendOptions = {},
): Promise<RunInput> {
  const key = invocationKey(runId);
  if (!(await putOnce({ key, content, contentType: 'application/json' }, files, options))) {
    throw new CodeseederError(
      'RunIdConflict',
      `The run id ${runId} belongs to a run with another target or other arguments. Use another run id, or attach to that run.`,
    );
  }
  return { key, ...contentDigest(content) };
}

/**
 * Reads the invocation of a run, and checks that it is the one that the request names.
 * @throws CodeseederError `InputMissing`; `InputChanged`; `InvalidRequest` when it is too large or breaks the contract
 */
export async function readInvocation(input: NamedInput, files: RunFiles): Promise<ReadInvocation> {
  const content = await readText(input.key, files, 'invocation');
  return checkInvocation(content, input, `s3://${files.bucket}/${input.key}`);
}

/**
 * Reads the text of a JSON object: an invocation or a request.
 * @param subject names the object in errors, such as `invocation`
 * @param etag ETag that the object must have, as an event names it
 * @throws CodeseederError `InputMissing`, `InputChanged`, or `InvalidRequest` when it is too large
 */
export async function readText(
  key: string,
  files: RunFiles,
  subject: string,
  etag?: string,
): Promise<Uint8Array> {
  const named = `${subject} s3://${files.bucket}/${key}`;
  const found = await readObject(key, files, INVOCATION_MAX_BYTES);
  if (found === undefined) {
    const message = `The ${named} does not exist. Upload it before the run starts.`;
    throw new CodeseederError('InputMissing', message);
  }
  if (etag !== undefined && unquoted(found.etag) !== unquoted(etag)) {
    throw new CodeseederError(
      'InputChanged',
      `The ${named} was replaced: it has the ETag ${unquoted(found.etag)} instead of ${unquoted(etag)}. What replaced it is a request of its own.`,
    );
  }
  if (found.content !== undefined) return found.content;
  throw new CodeseederError(
    'InvalidRequest',
    `The ${named} has ${found.sizeBytes} bytes; the limit is ${INVOCATION_MAX_BYTES}. Put large data into S3 and pass its key.`,
  );
}

/** Returns an ETag without quotes, as events have it. */
function unquoted(etag: string | undefined): string | undefined {
  return etag?.replaceAll('"', '');
}

/** A result in the bucket: the prefix of its output, and the digest that the build exported. */
export interface NamedResult {
  readonly outputKey: string;
  readonly result: ContentDigest;
}

/** Reads the result of a run. @param parse builds its value, or only checks it */
export async function readResult(
  { outputKey, result }: NamedResult,
  files: RunFiles,
  parse: ParseResult,
): Promise<FoundResult> {
  const key = resultKey(outputKey);
  const isTooLarge = result.sizeBytes > RESULT_MAX_BYTES;
  const object = isTooLarge ? { content: undefined } : await readObject(key, files, RESULT_MAX_BYTES);
  if (object === undefined) return { found: 'missing' };
  return foundResult(object.content, result, { location: `s3://${files.bucket}/${key}`, parse });
}

/** An object that was read. */
export interface ReadObject {
  readonly sizeBytes: number;
  readonly etag: string | undefined;
  /** Absent when the object is larger than the reader allows. */
  readonly content?: Uint8Array;
}

/**
 * Reads an object of up to `maxBytes`.
 * @returns undefined when the object does not exist; its size alone when it is larger
 */
export async function readObject(
  key: string,
  { s3, bucket }: RunFiles,
  maxBytes: number,
  options: SendOptions = {},
): Promise<ReadObject | undefined> {
  try {
    const command = new GetObjectCommand({ Bucket: bucket, Key: key });
    const { ContentLength: sizeBytes = 0, ETag: etag, Body } = await s3.send(command, options);
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
