/** Reads and writes the objects of runs in the seedkit's bucket: layers, `runs/<runId>/input/`, `runs/<runId>/output/`. */
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';

import { GetObjectCommand, HeadObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';

import {
  checkJsonText,
  CodeseederError,
  type Invocation,
  INVOCATION_MAX_BYTES,
  type InvocationHead,
  invocationKey,
  isFailureCode,
  parseInvocationHead,
  parseJson,
  parseResultHead,
  parseRunResult,
  type RemoteErrorDetail,
  RESULT_MAX_BYTES,
  resultKey,
  type RunFailure,
  type RunResult,
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

/**
 * Stores the invocation of a run where its build reads it. Never overwrites: an equal invocation that exists is kept.
 * @throws CodeseederError `RunIdConflict` when a different invocation exists
 */
export function putInvocation(
  runId: string,
  invocation: Invocation,
  files: RunFiles,
  options: SendOptions = {},
): Promise<void> {
  return putInput(runId, Buffer.from(JSON.stringify(invocation)), files, options);
}

/** Stores the JSON text of an invocation, as {@link putInvocation} does. */
export async function putInput(
  runId: string,
  Body: Uint8Array,
  files: RunFiles,
  options: SendOptions = {},
): Promise<void> {
  const Key = invocationKey(runId);
  const object = { Bucket: files.bucket, Key, Body, ContentType: 'application/json', IfNoneMatch: '*' };
  for (let attempt = 1; ; attempt += 1) {
    try {
      await files.s3.send(new PutObjectCommand(object), options);
      return;
    } catch (error) {
      const status = httpStatusOf(error);
      if (status === 412) return requireInvocation(runId, Body, files, options);
      // S3 answers 409 while another PutObject of the same key is in progress.
      if (status !== 409 || attempt >= PUT_ATTEMPTS) throw error;
      await sleep(PUT_RETRY_MS * 2 ** attempt, undefined, { signal: options.abortSignal });
    }
  }
}

const PUT_ATTEMPTS = 4;
const PUT_RETRY_MS = 100;

/** Largest invocations that are equal if only their formatting differs. Comparing builds both values in memory. */
const COMPARED_MAX_BYTES = 1024 ** 2;

async function requireInvocation(
  runId: string,
  json: Uint8Array,
  files: RunFiles,
  options: SendOptions,
): Promise<void> {
  const existing = await readContent(invocationKey(runId), files, INVOCATION_MAX_BYTES, options);
  const content = existing?.content ?? Buffer.from('null');
  if (Buffer.compare(content, json) === 0) return;
  const isSmall = Math.max(content.byteLength, json.byteLength) <= COMPARED_MAX_BYTES;
  if (isSmall && isDeepStrictEqual(JSON.parse(textOf(content)), JSON.parse(textOf(json)))) return;
  throw new CodeseederError(
    'RunIdConflict',
    `The run id ${runId} belongs to a run with another target or other arguments. Use another run id, or attach to that run.`,
  );
}

/** An invocation that was read, with its JSON text. */
export interface ReadInvocation {
  readonly invocation: InvocationHead;
  readonly content: Uint8Array;
}

/**
 * Reads the invocation of a run. Its arguments are checked, but not built.
 * @throws CodeseederError `InputMissing`, or `InvalidRequest` when it is too large or breaks the contract
 */
export async function readInvocation(key: string, files: RunFiles): Promise<ReadInvocation> {
  const content = await readInputObject(key, files, 'invocation');
  return { invocation: parseInvocationHead(content, `invocation s3://${files.bucket}/${key}`), content };
}

/**
 * Reads the text of a JSON object from the bucket: an invocation or a request.
 * @param subject names the object in errors, such as `invocation`
 * @throws CodeseederError `InputMissing`, or `InvalidRequest` when it is too large
 */
export async function readInputObject(key: string, files: RunFiles, subject: string): Promise<Uint8Array> {
  const location = `s3://${files.bucket}/${key}`;
  const object = await readContent(key, files, INVOCATION_MAX_BYTES);
  if (object === undefined) {
    throw new CodeseederError(
      'InputMissing',
      `The ${subject} ${location} does not exist. Upload it before the run starts.`,
    );
  }
  if (object.content === undefined) {
    throw new CodeseederError(
      'InvalidRequest',
      `The ${subject} ${location} has ${object.sizeBytes} bytes; the limit is ${INVOCATION_MAX_BYTES}. Put large data into S3 and pass its key.`,
    );
  }
  return object.content;
}

/** The content of a run's `result.json`. */
export type FoundResult =
  | { readonly found: 'missing' }
  | { readonly found: 'value'; readonly value: unknown }
  | { readonly found: 'error' | 'unusable'; readonly failure: RunFailure };

/** Reads the value that the target of a run returned, or the error that it threw. */
export function readResult(runId: string, files: RunFiles): Promise<FoundResult> {
  return findResult(runId, files, (content, subject) => {
    checkJsonText(content, subject);
    return parseRunResult(parseJson(textOf(content), subject));
  });
}

/** Reads the error that the target of a run threw, or that it returned a value, which is checked but not built. */
export function readResultHead(runId: string, files: RunFiles): Promise<FoundResult> {
  return findResult(runId, files, parseResultHead);
}

async function findResult(
  runId: string,
  files: RunFiles,
  parse: (content: Uint8Array, subject: string) => RunResult,
): Promise<FoundResult> {
  const key = resultKey(runId);
  const location = `s3://${files.bucket}/${key}`;
  const object = await readContent(key, files, RESULT_MAX_BYTES);
  if (object === undefined) return { found: 'missing' };
  if (object.content === undefined) {
    const message = `The result ${location} has ${object.sizeBytes} bytes; the limit is ${RESULT_MAX_BYTES}. Write large values to $CODESEEDER_OUTPUT_DIR and return their names.`;
    return { found: 'unusable', failure: { code: 'ResultTooLarge', message } };
  }
  try {
    const result = parse(object.content, `result ${location}`);
    return result.ok
      ? { found: 'value', value: result.value }
      : { found: 'error', failure: failureOf(result.error) };
  } catch (error) {
    if (!(error instanceof CodeseederError)) throw error;
    const message = `The target's process left an incomplete result: ${error.message}`;
    return { found: 'unusable', failure: { code: 'ResultMissing', message } };
  }
}

/** The runner sets a failure code on a fault that it found itself. An error without one was thrown by the target. */
function failureOf(error: RemoteErrorDetail): RunFailure {
  const code = isFailureCode(error.code) ? error.code : 'RemoteError';
  return { code, message: `${error.name}: ${error.message}`, remote: error };
}

function textOf(content: Uint8Array): string {
  return Buffer.from(content.buffer, content.byteOffset, content.byteLength).toString('utf8');
}

/** @returns undefined when the object does not exist; no `content` when it is larger than `maxBytes` */
async function readContent(
  key: string,
  { s3, bucket }: RunFiles,
  maxBytes: number,
  options: SendOptions = {},
): Promise<{ readonly sizeBytes: number; readonly content?: Uint8Array } | undefined> {
  try {
    const command = new GetObjectCommand({ Bucket: bucket, Key: key });
    const { ContentLength: sizeBytes = 0, Body } = await s3.send(command, options);
    if (sizeBytes > maxBytes) {
      if (Body instanceof Readable) Body.destroy();
      return { sizeBytes };
    }
    return { sizeBytes, content: (await Body?.transformToByteArray()) ?? Buffer.of() };
  } catch (error) {
    if (error instanceof Error && error.name === 'NoSuchKey') return undefined;
    throw error;
  }
}

function httpStatusOf(error: unknown): number | undefined {
  return (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
}
