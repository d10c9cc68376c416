import { z } from 'zod';

import {
  CodeseederError,
  definedOnly,
  INBOX_PREFIX,
  INBOX_REQUEST_SUFFIX,
  INBOX_TARGETS_PREFIX,
  isInboxRequest,
  isTargetStart,
  parseRequestedRun,
  parseRequestText,
  parseScheduledRun,
  parseTargetStart,
  parseTargetStartText,
  refuseRoundedIntegers,
  type RequestedRun,
  RUN_REQUESTED,
  scheduledRunId,
  targetOfInbox,
  wellFormed,
  type Trigger,
} from '../../lib/contract/index.js';
import type { RequestedTarget } from '../../lib/run-store/start-target-run.js';

/** A request to start a run or a published target, from an event, a schedule or the inbox. */
export type RequestedStart = RequestedCode | RequestedTarget;

/** A request that includes the code or commands to run. */
export interface RequestedCode {
  readonly trigger: Trigger;
  /** Id of the run when the request names none. */
  readonly ownId: string;
  readonly request: RequestedRun;
  /** JSON text of the invocation. `request` has the invocation without its arguments. */
  readonly input?: Uint8Array;
}

const runRequestedSchema = z.object({
  'detail-type': z.literal(RUN_REQUESTED),
  id: z.string(),
  detail: z.unknown(),
});

/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html */
const objectCreatedSchema = z.object({
  'detail-type': z.literal('Object Created'),
  id: z.string(),
  detail: z.object({
    bucket: z.object({ name: z.string() }),
    /** The ETag identifies the upload: each upload of an object has an event of its own. */
    object: z.object({ key: z.string(), etag: z.string().optional() }),
  }),
});
export type ObjectCreated = z.infer<typeof objectCreatedSchema>['detail'];

export interface ReadEventDependencies {
  readonly bucket: string;
  /** Reads the JSON of an object of the inbox. */
  readonly readInboxRequest: (object: ObjectCreated['object']) => Promise<Uint8Array>;
}

/**
 * Parses an event. Reads the request of an object of the inbox.
 * @throws CodeseederError `InvalidRequest` if the event or its request is not valid; `InputMissing` or `InputChanged`
 *   if the object was deleted or replaced
 */
export async function readRequestedStart(
  event: unknown,
  dependencies: ReadEventDependencies,
): Promise<RequestedStart> {
  const requested = runRequestedSchema.safeParse(event);
  if (requested.success) {
    const { id, detail } = requested.data;
    if (isTargetStart(detail)) {
      return { trigger: 'EVENT', ownId: id, start: parseTargetStart(detail, 'Run Requested event') };
    }
    return { trigger: 'EVENT', ownId: id, request: exact(parseRequestedRun(detail)) };
  }
  const created = objectCreatedSchema.safeParse(event);
  if (created.success) return readInbox(created.data.id, created.data.detail, dependencies);
  const scheduled = parseScheduledRun(event);
  return { trigger: 'SCHEDULE', ownId: scheduledRunId(scheduled), request: exact(scheduled.request) };
}

function exact(request: RequestedRun): RequestedRun {
  refuseRoundedIntegers(request.invocation);
  return request;
}

async function readInbox(
  eventId: string,
  { bucket, object }: ObjectCreated,
  dependencies: ReadEventDependencies,
): Promise<RequestedStart> {
  if (bucket.name !== dependencies.bucket || !isInboxRequest(object.key)) {
    throw new CodeseederError(
      'InvalidRequest',
      `The object s3://${bucket.name}/${object.key} is not a request. Upload requests to s3://${dependencies.bucket}/${INBOX_PREFIX}<name>${INBOX_REQUEST_SUFFIX}.`,
    );
  }
  const subject = `request s3://${bucket.name}/${object.key}`;
  const content = await dependencies.readInboxRequest(object);
  const start = targetStartOf(content, object.key, subject);
  if (start !== undefined) return { trigger: 'INBOX', ownId: eventId, ...start };
  const { request, input } = parseRequestText(content, subject);
  return { trigger: 'INBOX', ownId: eventId, request, ...definedOnly({ input }) };
}

/**
 * Largest object outside `inbox/targets/` that may start a target. A larger object is parsed only as a request with
 * code.
 */
const UNNAMED_TARGET_MAX_BYTES = 1024 ** 2;

/**
 * Returns the start of a target that an object of the inbox requests; undefined for a request that includes the code or
 * commands to run. An object below `inbox/targets/<name>/` can start that target and nothing else, because policies
 * allow principals to put objects only below the names of certain targets.
 * @throws CodeseederError `InvalidRequest`
 */
function targetStartOf(
  content: Uint8Array,
  key: string,
  subject: string,
): Pick<RequestedTarget, 'start' | 'texts'> | undefined {
  const only = targetOfInbox(key);
  if (only === undefined) {
    if (content.byteLength > UNNAMED_TARGET_MAX_BYTES || !isTargetStart(jsonOf(content))) return undefined;
    return parseTargetStartText(content, subject);
  }
  const parsed = parseTargetStartText(content, subject, only);
  const { target } = parsed.start;
  if (target.name === only) return parsed;
  throw new CodeseederError(
    'InvalidRequest',
    `The ${subject} names the target ${target.name}, but objects below ${INBOX_TARGETS_PREFIX}${only}/ start the target ${only} only. Put it below ${INBOX_TARGETS_PREFIX}${target.name}/.`,
  );
}

/** Parses a request in any form; undefined if it is not JSON, which the parser of requests reports. */
function jsonOf(content: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(content).toString()) as unknown;
  } catch {
    return undefined;
  }
}

/**
 * Returns the id of a refused request: the first that exists of its run id, the schedule's name and time, the event's
 * id, and the id of the handler's invocation.
 */
export function requestIdOf(event: unknown, invocationId: string): string {
  const fields = z.record(z.string(), z.unknown()).catch({});
  const top = fields.parse(event);
  const named = fields.parse(top['detail'])['runId'];
  const scheduled =
    typeof top['schedule'] === 'string' ? `${top['schedule']} ${String(top['time'])}` : undefined;
  const candidates = [named, scheduled, top['id'], invocationId];
  const id = candidates.find((candidate): candidate is string => typeof candidate === 'string');
  return wellFormed((id ?? invocationId).slice(0, 256));
}
