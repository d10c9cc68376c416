/**
 * Stores and reads the files of runs in a seedkit's bucket: inputs, results, and the objects that record what triggered
 * a run.
 */
import {
  checkInvocation,
  CodeseederError,
  type ContentDigest,
  contentDigest,
  type FoundResult,
  foundResult,
  INVOCATION_MAX_BYTES,
  invocationKey,
  type NamedInput,
  type ParseResult,
  parseRunRequest,
  type ReadInvocation,
  RESULT_MAX_BYTES,
  resultKey,
  type RunInput,
  type RunRequest,
  type Trigger,
  triggerKey,
  triggerNoteOf,
} from '../contract/index.js';
import { hasContent, putOnce, readObject, type S3Bucket, type SendOptions } from '../s3-objects.js';

/**
 * Stores the JSON of an invocation as the input of a run. Repeating the call changes nothing.
 * @throws CodeseederError `RunIdConflict` if the run has an input with other content
 */
export async function putInput(
  runId: string,
  content: Uint8Array,
  files: S3Bucket,
  options: SendOptions = {},
): Promise<RunInput> {
  const key = invocationKey(runId);
  if (await putOnce({ key, content, contentType: 'application/json' }, files, options)) {
    return { key, ...contentDigest(content) };
  }
  throw new CodeseederError(
    'RunIdConflict',
    `The run id ${runId} belongs to a run with another target or other arguments. Use another run id, or attach to that run.`,
  );
}

/**
 * Reads the invocation of a run, and checks that it is the one that the request names.
 * @throws CodeseederError `InputMissing`; `InputChanged`; `InvalidRequest` when it is too large or not valid
 */
export async function readInvocation(input: NamedInput, files: S3Bucket): Promise<ReadInvocation> {
  const { content } = await readJson(input.key, files, 'invocation');
  return checkInvocation(content, input, `s3://${files.bucket}/${input.key}`);
}

/**
 * Reads the JSON of an invocation or of a request for a run.
 * @param subject names the object in errors, such as `invocation`
 * @throws CodeseederError `InputMissing`, or `InvalidRequest` when it is too large
 */
export async function readJson(
  key: string,
  files: S3Bucket,
  subject: string,
): Promise<{ readonly content: Uint8Array; readonly etag: string | undefined }> {
  const named = `${subject} s3://${files.bucket}/${key}`;
  const { content, etag, sizeBytes } = (await readObject(key, files, INVOCATION_MAX_BYTES)) ?? {};
  if (content !== undefined) return { content, etag };
  if (sizeBytes === undefined) {
    const message = `The ${named} does not exist. Upload it before the run starts.`;
    throw new CodeseederError('InputMissing', message);
  }
  throw new CodeseederError(
    'InvalidRequest',
    `The ${named} has ${sizeBytes} bytes; the limit is ${INVOCATION_MAX_BYTES}. Put large data into S3 and pass its key.`,
  );
}

/** Reads the result of a run. @param parse parses its JSON text, or only checks the text */
export async function readResult(
  { outputKey, result }: { readonly outputKey: string; readonly result: ContentDigest },
  files: S3Bucket,
  parse: ParseResult,
): Promise<FoundResult> {
  const key = resultKey(outputKey);
  const isTooLarge = result.sizeBytes > RESULT_MAX_BYTES;
  const object = isTooLarge ? { content: undefined } : await readObject(key, files, RESULT_MAX_BYTES);
  if (object === undefined) return { found: 'missing' };
  return foundResult(object.content, result, { location: `s3://${files.bucket}/${key}`, parse });
}

/**
 * Returns whether `start-run`, `start-target` or `drive-map` made a request. They then stored the object
 * `runs/<runId>/trigger.json`, which no other principal may write.
 * @returns undefined if there is no such object; false if it belongs to another request
 */
export function hasTriggerNote(request: RunRequest, files: S3Bucket): Promise<boolean | undefined> {
  return hasContent(triggerKey(request.runId), triggerNoteOf(request), files);
}

/** How a run was started, as the handler that started it noted. */
export interface ProvenOrigin {
  readonly trigger: Trigger;
  /** Whether the map that the request names started the run. */
  readonly isOfMap: boolean;
}

/**
 * Returns how a run was started whose request was not checked by `prepare-run`. The trigger and the map in the request
 * count only if a handler noted them.
 * @param request the unchecked input of the execution
 */
export async function provenOrigin(request: unknown, files: S3Bucket): Promise<ProvenOrigin> {
  const unproven: ProvenOrigin = { trigger: 'CLIENT', isOfMap: false };
  let claimed: RunRequest;
  try {
    claimed = parseRunRequest(request);
  } catch {
    // The request is invalid, so no handler can have started the run.
    return unproven;
  }
  const { trigger = 'CLIENT', mapId } = claimed;
  const needsNote = trigger !== 'CLIENT' || mapId !== undefined;
  const isNoted = needsNote && (await hasTriggerNote(claimed, files)) === true;
  return isNoted ? { trigger, isOfMap: mapId !== undefined } : unproven;
}
