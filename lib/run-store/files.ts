/** Reads and writes the objects of runs in the seedkit's bucket: layers, `runs/<runId>/input/`, `runs/<runId>/output/`. */
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';

import { GetObjectCommand, HeadObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';

import {
  CodeseederError,
  type Invocation,
  INVOCATION_MAX_BYTES,
  invocationKey,
  isFailureCode,
  parseInvocation,
  parseJson,
  parseRunResult,
  type RemoteErrorDetail,
  RESULT_MAX_BYTES,
  resultKey,
  type RunFailure,
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
export async function putInvocation(
  runId: string,
  invocation: Invocation,
  files: RunFiles,
  options: SendOptions = {},
): Promise<void> {
  const Body = JSON.stringify(invocation);
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

async function requireInvocation(
  runId: string,
  json: string,
  files: RunFiles,
  options: SendOptions,
): Promise<void> {
  const existing = await readText(invocationKey(runId), files, INVOCATION_MAX_BYTES, options);
  const text = existing?.text ?? 'null';
  if (text === json || isDeepStrictEqual(JSON.parse(text), JSON.parse(json))) return;
  throw new CodeseederError(
    'RunIdConflict',
    `The run id ${runId} belongs to a run with another target or other arguments. Use another run id, or attach to that run.`,
  );
}

/**
 * Reads the invocation of a run.
 * @throws CodeseederError `InputMissing`, or `InvalidRequest` when it is too large or breaks the contract
 */
export async function readInvocation(key: string, files: RunFiles): Promise<Invocation> {
  return parseInvocation(await readJson(key, files, 'invocation'));
}

/**
 * Reads a JSON object from the bucket: an invocation or a request.
 * @param subject names the object in errors, such as `invocation`
 * @throws CodeseederError `InputMissing`, or `InvalidRequest` when it is too large or not JSON
 */
export async function readJson(key: string, files: RunFiles, subject: string): Promise<unknown> {
  const location = `s3://${files.bucket}/${key}`;
  const object = await readText(key, files, INVOCATION_MAX_BYTES);
  if (object === undefined) {
    throw new CodeseederError(
      'InputMissing',
      `The ${subject} ${location} does not exist. Upload it before the run starts.`,
    );
  }
  if (object.text === undefined) {
    throw new CodeseederError(
      'InvalidRequest',
      `The ${subject} ${location} has ${object.sizeBytes} bytes; the limit is ${INVOCATION_MAX_BYTES}. Put large data into S3 and pass its key.`,
    );
  }
  return parseJson(object.text, `${subject} ${location}`);
}

/** The content of a run's `result.json`. */
export type FoundResult =
  | { readonly found: 'missing' }
  | { readonly found: 'value'; readonly value: unknown }
  | { readonly found: 'error' | 'unusable'; readonly failure: RunFailure };

/** Reads the value that the target of a run returned, or the error that it threw. */
export async function readResult(runId: string, files: RunFiles): Promise<FoundResult> {
  const key = resultKey(runId);
  const location = `s3://${files.bucket}/${key}`;
  const object = await readText(key, files, RESULT_MAX_BYTES);
  if (object === undefined) return { found: 'missing' };
  if (object.text === undefined) {
    const message = `The result ${location} has ${object.sizeBytes} bytes; the limit is ${RESULT_MAX_BYTES}. Write large values to $CODESEEDER_OUTPUT_DIR and return their names.`;
    return { found: 'unusable', failure: { code: 'ResultTooLarge', message } };
  }
  try {
    const result = parseRunResult(parseJson(object.text, `result ${location}`));
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

/** @returns undefined when the object does not exist; no `text` when it is larger than `maxBytes` */
async function readText(
  key: string,
  { s3, bucket }: RunFiles,
  maxBytes: number,
  options: SendOptions = {},
): Promise<{ readonly sizeBytes: number; readonly text: string | undefined } | undefined> {
  try {
    const command = new GetObjectCommand({ Bucket: bucket, Key: key });
    const { ContentLength: sizeBytes = 0, Body } = await s3.send(command, options);
    if (sizeBytes > maxBytes) {
      if (Body instanceof Readable) Body.destroy();
      return { sizeBytes, text: undefined };
    }
    return { sizeBytes, text: (await Body?.transformToString()) ?? '' };
  } catch (error) {
    if (error instanceof Error && error.name === 'NoSuchKey') return undefined;
    throw error;
  }
}

function httpStatusOf(error: unknown): number | undefined {
  return (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
}
