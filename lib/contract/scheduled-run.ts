import { createHash } from 'node:crypto';

import { z } from 'zod';

import { parseWith } from './parse.js';
import { requestedRunSchema, type RequestedRun } from './run-request.js';

/** Longest name of a schedule. With the time and the digest appended, it is a run id of at most 80 characters. */
export const SCHEDULE_NAME_MAX_CHARACTERS = 54;

/** The name of a schedule. */
export const scheduleNameSchema = z
  .string()
  .regex(
    new RegExp(`^[A-Za-z0-9_-]{1,${SCHEDULE_NAME_MAX_CHARACTERS}}$`),
    `a schedule's name is 1 to ${SCHEDULE_NAME_MAX_CHARACTERS} letters, digits, underscores and hyphens`,
  );

/** The event with which a schedule's rule calls `start-run`. */
export const scheduledRunSchema = z.strictObject({
  schedule: scheduleNameSchema,
  /** Id that EventBridge gives the event. */
  id: z.string().min(1),
  /** Time at which the run was due, in ISO 8601. */
  time: z.iso.datetime('not ISO 8601 in UTC'),
  request: requestedRunSchema.refine(({ runId }) => runId === undefined, {
    path: ['runId'],
    message: "leave it out: a scheduled run's id is made of the schedule's name, the time and the event's id",
  }),
});
export interface ScheduledRun {
  readonly schedule: string;
  readonly id: string;
  readonly time: string;
  readonly request: RequestedRun;
}

/** Parses the event of a schedule. @throws CodeseederError `InvalidRequest` */
export function parseScheduledRun(value: unknown, subject = 'event that starts a run'): ScheduledRun {
  return parseWith(scheduledRunSchema, value, subject);
}

/** Matches what {@link scheduledRunId} returns. */
const SCHEDULED_RUN_ID = /^(.+)-(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z-[0-9a-f]{8}$/;

/** Returns the schedule that a run's id names; undefined for another id. Any client may choose an id of this form. */
export function scheduleOfRunId(runId: string): string | undefined {
  return SCHEDULED_RUN_ID.exec(runId)?.[1];
}

/** Returns the time at which a scheduled run was due, in milliseconds since the epoch; undefined for another id. */
export function dueTimeOfRunId(runId: string): number | undefined {
  const [, , ...parts] = SCHEDULED_RUN_ID.exec(runId) ?? [];
  const [year, month, day, hour, minute, second] = parts.map(Number);
  if (year === undefined || month === undefined) return undefined;
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

/**
 * Returns `<schedule>-<YYYYMMDDTHHMMSSZ>-<8 hexadecimal digits>`. The digits are from the SHA-256 of the event's id. So
 * an event that is delivered twice starts one run, and nobody can predict the id and use it before the event exists.
 */
export function scheduledRunId({ schedule, time, id }: Omit<ScheduledRun, 'request'>): string {
  const second = new Date(time).toISOString().slice(0, 19);
  const digest = createHash('sha256').update(id).digest('hex').slice(0, 8);
  return `${schedule}-${second.replaceAll(/[-:]/g, '')}Z-${digest}`;
}
