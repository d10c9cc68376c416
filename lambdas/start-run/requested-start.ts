import { z } from 'zod';

import {
  CodeseederError,
  INBOX_PREFIX,
  INBOX_REQUEST_SUFFIX,
  isInboxRequest,
  parseRequestedRun,
  parseWith,
  type RequestedRun,
  RUN_REQUESTED,
  type Trigger,
} from '../../lib/contract/index.js';

/** Somebody's wish to start a run, whichever way it came. */
export interface RequestedStart {
  readonly trigger: Trigger;
  /** The run's id, when the request names none. */
  readonly ownId: string;
  readonly request: RequestedRun;
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
    object: z.object({ key: z.string() }),
  }),
});
export type ObjectCreated = z.infer<typeof objectCreatedSchema>['detail'];

const scheduledSchema = z.strictObject({
  schedule: z.string().min(1),
  /** ISO 8601, to the second. */
  time: z.string(),
  request: z.unknown(),
});

export interface ReadEventDependencies {
  readonly bucket: string;
  /** Reads an object of the inbox and parses its JSON. */
  readonly readJson: (object: ObjectCreated['object']) => Promise<unknown>;
}

/** @throws CodeseederError `InvalidRequest` when the event, or the request it brings, breaks the contract */
export async function readRequestedStart(
  event: unknown,
  dependencies: ReadEventDependencies,
): Promise<RequestedStart> {
  const requested = runRequestedSchema.safeParse(event);
  if (requested.success) {
    const { id, detail } = requested.data;
    return { trigger: 'EVENT', ownId: id, request: parseRequestedRun(detail) };
  }
  const created = objectCreatedSchema.safeParse(event);
  if (created.success) return readInbox(created.data.id, created.data.detail, dependencies);
  return readSchedule(parseWith(scheduledSchema, event, 'event that starts a run'));
}

async function readInbox(
  eventId: string,
  { bucket, object }: ObjectCreated,
  dependencies: ReadEventDependencies,
): Promise<RequestedStart> {
  if (bucket.name !== dependencies.bucket || !isInboxRequest(object.key)) {
    throw new CodeseederError(
      'InvalidRequest',
      `The object s3://${bucket.name}/${object.key} is no request: one lies at s3://${dependencies.bucket}/${INBOX_PREFIX}<name>${INBOX_REQUEST_SUFFIX}.`,
    );
  }
  return {
    trigger: 'INBOX',
    ownId: eventId,
    request: parseRequestedRun(await dependencies.readJson(object)),
  };
}

function readSchedule({ schedule, time, request }: z.infer<typeof scheduledSchema>): RequestedStart {
  const scheduledAt = new Date(time);
  if (Number.isNaN(scheduledAt.getTime())) {
    throw new CodeseederError(
      'InvalidRequest',
      `The schedule ${schedule} gave the time ${time}, not ISO 8601.`,
    );
  }
  const parsed = parseRequestedRun(request);
  if (parsed.runId !== undefined) {
    throw new CodeseederError(
      'InvalidRequest',
      `The schedule ${schedule} names the run id ${parsed.runId}: leave it out, a scheduled run's id is the schedule's name and time.`,
    );
  }
  const second = `${scheduledAt.toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`;
  return { trigger: 'SCHEDULE', ownId: `${schedule}-${second}`, request: parsed };
}

/** What a refusal calls the request: the id it names, else its event's, else the schedule's name and time. */
export function requestIdOf(event: unknown, invocationId: string): string {
  const fields = z.record(z.string(), z.unknown()).catch({});
  const top = fields.parse(event);
  const named = fields.parse(top['detail'])['runId'];
  const scheduled =
    typeof top['schedule'] === 'string' ? `${top['schedule']} ${String(top['time'])}` : undefined;
  const candidates = [named, top['id'], scheduled, invocationId];
  const id = candidates.find((candidate): candidate is string => typeof candidate === 'string');
  return (id ?? invocationId).slice(0, 256);
}
