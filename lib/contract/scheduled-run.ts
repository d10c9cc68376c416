import { z } from 'zod';

import { parseWith } from './parse.js';
import { requestedRunSchema, type RequestedRun } from './run-request.js';

/** Longest name of a schedule. With the time appended, it is a run id of at most 80 characters. */
export const SCHEDULE_NAME_MAX_CHARACTERS = 63;

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
  /** Time at which the run was due, in ISO 8601. */
  time: z.iso.datetime('not ISO 8601 in UTC'),
  request: requestedRunSchema.refine(({ runId }) => runId === undefined, {
    path: ['runId'],
    message: "leave it out: a scheduled run's id is the schedule's name and time",
  }),
});
export interface ScheduledRun {
  readonly schedule: string;
  readonly time: string;
  readonly request: RequestedRun;
}

/** Parses the event of a schedule. @throws CodeseederError `InvalidRequest` */
export function parseScheduledRun(value: unknown, subject = 'event that starts a run'): ScheduledRun {
  return parseWith(scheduledRunSchema, value, subject);
}

/** Returns `<schedule>-<YYYYMMDDTHHMMSSZ>`. Events of the same schedule and time therefore start one run. */
export function scheduledRunId({ schedule, time }: Pick<ScheduledRun, 'schedule' | 'time'>): string {
  const second = new Date(time).toISOString().slice(0, 19);
  return `${schedule}-${second.replaceAll(/[-:]/g, '')}Z`;
}
