import { z } from 'zod';

import { parseWith } from './parse.js';
import { requestedRunSchema, type RequestedRun } from './run-request.js';

/** So long that a run's id, the schedule's name and the time, is an execution's name. */
export const SCHEDULE_NAME_MAX_CHARACTERS = 63;

export const scheduleNameSchema = z
  .string()
  .regex(
    new RegExp(`^[A-Za-z0-9_-]{1,${SCHEDULE_NAME_MAX_CHARACTERS}}$`),
    `a schedule's name is 1 to ${SCHEDULE_NAME_MAX_CHARACTERS} letters, digits, underscores and hyphens`,
  );

/** What a schedule's rule gives `start-run`. */
export const scheduledRunSchema = z.strictObject({
  schedule: scheduleNameSchema,
  /** ISO 8601: when the run was due. */
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

/** @throws CodeseederError `InvalidRequest` */
export function parseScheduledRun(value: unknown, what = 'event that starts a run'): ScheduledRun {
  return parseWith(scheduledRunSchema, value, what);
}

/** `<schedule>-<YYYYMMDDTHHMMSSZ>`: a schedule starts one run for each of its times. */
export function scheduledRunId({ schedule, time }: Pick<ScheduledRun, 'schedule' | 'time'>): string {
  const second = new Date(time).toISOString().slice(0, 19);
  return `${schedule}-${second.replaceAll(/[-:]/g, '')}Z`;
}
