/**
 * Reads and writes the files of runs: `runs/<runId>/input/` and the results in `outputs/<build ARN>/`. Every content that
 * is read is compared with the digest in the message that names it.
 */
import {
  checkJsonText,
  CodeseederError,
  contentDigest,
  type ContentDigest,
  definedOnly,
  type Invocation,
  INVOCATION_MAX_BYTES,
  type InvocationHead,
  invocationKey,
  isFailureCode,
  isSameContent,
  parseInvocationHead,
  parseJson,
  parseResultHead,
  parseRunResult,
  type RemoteErrorDetail,
  RESULT_MAX_BYTES,
  resultKey,
  type RunFailure,
  type RunInput,
  type RunResult,
} from '../contract/index.js';
import { createObject, type NewObject, readObject, type RunFiles, type SendOptions } from './objects.js';

/**
 * Stores the invocation of a run where its build reads it, and returns the run's input for the request. Never overwrites:
 * the same content that exists is kept.
 * @throws CodeseederError `RunIdConflict` when another content exists
 */
export function putInvocation(
  runId: string,
  invocation: Invocation,
  files: RunFiles,
  options: SendOptions = {},
): Promise<RunInput> {
  return putInput(runId, Buffer.from(JSON.stringify(invocation)), files, options);
}

/** Stores the JSON of an invocation, as {@link putInvocation} does. */
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

/** Creates an object, or keeps one with the same content. @returns false when an object with another content exists */
export async function putOnce(
  object: NewObject,
  files: RunFiles,
  options: SendOptions = {},
): Promise<boolean> {
  if (await createObject(object, files, options)) return true;
  const { content } = object;
  const existing = await readObject(object.key, files, content.byteLength, options);
  return existing?.content !== undefined && Buffer.compare(existing.content, content) === 0;
}

/** An invocation in the bucket, and what is known of its content. */
export interface NamedInput {
  readonly key: string;
  readonly sha256?: string | undefined;
  readonly sizeBytes?: number | undefined;
}

/** An invocation that was read, with the bytes and the digest of its JSON. */
export interface ReadInvocation {
  readonly invocation: InvocationHead;
  readonly content: Uint8Array;
  readonly digest: ContentDigest;
}

/**
 * Reads the invocation of a run, and checks that it is the one that the request names. Its arguments are checked, but not
 * built.
 * @param input its key, and the digest that it must have. A request may name the key alone
 * @throws CodeseederError `InputMissing`; `InputChanged`; `InvalidRequest` when it is too large or breaks the contract
 */
export async function readInvocation(input: NamedInput, files: RunFiles): Promise<ReadInvocation> {
  const { key, sha256, sizeBytes } = input;
  const content = await readInputObject(key, files, 'invocation');
  const digest = contentDigest(content);
  if (!isSameContent(digest, { ...digest, ...definedOnly({ sha256, sizeBytes }) }))
    throw inputChanged(input, digest, files);
  const invocation = parseInvocationHead(content, `invocation s3://${files.bucket}/${key}`);
  return { invocation, content, digest };
}

function inputChanged(named: NamedInput, found: ContentDigest, { bucket }: RunFiles): CodeseederError {
  const size = named.sizeBytes === undefined ? '' : ` of ${named.sizeBytes} bytes`;
  return new CodeseederError(
    'InputChanged',
    `The invocation s3://${bucket}/${named.key} has ${found.sizeBytes} bytes with the SHA-256 ${found.sha256}; the request names a content${size} with the SHA-256 ${named.sha256}. It was replaced after the request was made: check which principals can write to it, and submit again with another run id.`,
  );
}

/**
 * Reads the text of a JSON object from the bucket: an invocation or a request.
 * @param subject names the object in errors, such as `invocation`
 * @param etag ETag that the object must have, as an event names it
 * @throws CodeseederError `InputMissing`, `InputChanged`, or `InvalidRequest` when it is too large
 */
export async function readInputObject(
  key: string,
  files: RunFiles,
  subject: string,
  etag?: string,
): Promise<Uint8Array> {
  const location = `s3://${files.bucket}/${key}`;
  const object = await readObject(key, files, INVOCATION_MAX_BYTES);
  if (object === undefined) {
    throw new CodeseederError(
      'InputMissing',
      `The ${subject} ${location} does not exist. Upload it before the run starts.`,
    );
  }
  if (etag !== undefined && unquoted(object.etag) !== unquoted(etag)) {
    throw new CodeseederError(
      'InputChanged',
      `The ${subject} ${location} was replaced: it has the ETag ${unquoted(object.etag)} instead of ${unquoted(etag)}. What replaced it is a request of its own.`,
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

/** Returns an ETag without quotes, as events have it. */
function unquoted(etag: string | undefined): string | undefined {
  return etag?.replaceAll('"', '');
}

/** The content of a run's `result.json`. */
export type FoundResult =
  | { readonly found: 'missing' }
  | { readonly found: 'value'; readonly value: unknown }
  | { readonly found: 'error' | 'unusable'; readonly failure: RunFailure };

/** A result in the bucket: the prefix of its output, and the digest that the build exported. */
export interface NamedResult {
  readonly outputKey: string;
  readonly result: ContentDigest;
}

/**
 * Reads the value that the target of a run returned, or the error that it threw. The result is `unusable` when its
 * content is not the one that the build wrote.
 */
export function readResult(named: NamedResult, files: RunFiles): Promise<FoundResult> {
  return findResult(named, files, (content, subject) => {
    checkJsonText(content, subject);
    return parseRunResult(parseJson(Buffer.from(content).toString('utf8'), subject));
  });
}

/**
 * Reads the error that the target of a run threw, or that it returned a value, which is checked but not built. The result
 * is `unusable` when its content is not the one that the build wrote.
 */
export function readResultHead(named: NamedResult, files: RunFiles): Promise<FoundResult> {
  return findResult(named, files, parseResultHead);
}

async function findResult(
  { outputKey, result }: NamedResult,
  files: RunFiles,
  parse: (content: Uint8Array, subject: string) => RunResult,
): Promise<FoundResult> {
  const key = resultKey(outputKey);
  const location = `s3://${files.bucket}/${key}`;
  if (result.sizeBytes > RESULT_MAX_BYTES) {
    const message = `The result ${location} has ${result.sizeBytes} bytes; the limit is ${RESULT_MAX_BYTES}. Write large values to $CODESEEDER_OUTPUT_DIR and return their names.`;
    return { found: 'unusable', failure: { code: 'ResultTooLarge', message } };
  }
  const object = await readObject(key, files, RESULT_MAX_BYTES);
  if (object === undefined) return { found: 'missing' };
  if (object.content === undefined || !isSameContent(contentDigest(object.content), result)) {
    const message = `The result ${location} is not the one that the build wrote, which has ${result.sizeBytes} bytes with the SHA-256 ${result.sha256}. Check which principals can write to it, and run it again.`;
    return { found: 'unusable', failure: { code: 'ResultChanged', message } };
  }
  try {
    const parsed = parse(object.content, `result ${location}`);
    return parsed.ok
      ? { found: 'value', value: parsed.value }
      : { found: 'error', failure: failureOf(parsed.error) };
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
