import { z } from 'zod';

import {
  CodeseederError,
  definedOnly,
  INBOX_PREFIX,
  INBOX_REQUEST_SUFFIX,
  isInboxRequest,
  parseRequestedRun,
  parseRequestText,
  parseScheduledRun,
  refuseRoundedIntegers,
  type RequestedRun,
  RUN_REQUESTED,
  scheduledRunId,
  wellFormed,
  type Trigger,
} from '../../lib/contract/index.js';

/** A request to start a run, from an event, a schedule or the inbox. */
export interface RequestedStart {
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

/** Parses an event. @throws CodeseederError `InvalidRequest` when the event or its request is not valid */
export async function readRequestedStart(
  event: unknown,
  dependencies: ReadEventDependencies,
): Promise<RequestedStart> {
  const requested = runRequestedSchema.safeParse(event);
  if (requested.success) {
    const { id, detail } = requested.data;
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
  const { request, input } = parseRequestText(await dependencies.readInboxRequest(object), subject);
  return { trigger: 'INBOX', ownId: eventId, request, ...definedOnly({ input }) };
}

/** Returns the id of a refused request: its run id, or else the schedule's name and time, or else the event's id. */
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
