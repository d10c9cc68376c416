import { z } from 'zod';

import { CodeseederError, parseScheduleExpression, parseWith } from '../../lib/contract/index.js';
import type { ScheduleExpression } from '../../lib/contract/index.js';
import type { AddScheduleOptions } from '../schedule-types.js';

/** @see https://docs.aws.amazon.com/scheduler/latest/APIReference/API_CreateSchedule.html */
const timingSchema = z.object({
  startAt: z.date('must be a date').optional(),
  endAt: z.date('must be a date').optional(),
  flexibleMinutes: z.int().min(1).max(1440).optional(),
  maxRetries: z.int().min(0).max(185).optional(),
  maxAgeMinutes: z.int().min(1).max(1440).optional(),
  description: z.string().max(512).optional(),
});

/** When a schedule starts runs. */
export type ScheduleTiming = z.infer<typeof timingSchema> & { readonly times: ScheduleExpression };

/**
 * Checks the times of a schedule.
 * @throws CodeseederError `InvalidRequest` for a value that is not valid, and for a time that has passed
 */
export function parseTiming(name: string, options: AddScheduleOptions, now: Date): ScheduleTiming {
  const times = parseScheduleExpression(options.expression, options.timeZone);
  const timing = parseWith(timingSchema, options, `schedule ${name}`);
  const { startAt, endAt } = timing;
  refusePassed(times, now);
  if (times.kind === 'at' && (startAt !== undefined || endAt !== undefined)) {
    throw refused(name, `${times.expression} has one time. Leave startAt and endAt out.`);
  }
  if (endAt !== undefined && endAt <= now) {
    throw refused(name, `its end ${endAt.toISOString()} has passed. Use a later time, or leave endAt out.`);
  }
  if (startAt !== undefined && endAt !== undefined && startAt >= endAt) {
    throw refused(
      name,
      `its start ${startAt.toISOString()} is not before its end ${endAt.toISOString()}. Use an earlier start.`,
    );
  }
  return { ...timing, times };
}

/** Refuses an `at(...)` whose time has passed. @throws CodeseederError `InvalidRequest` */
export function refusePassed({ atMs, expression, timeZone }: ScheduleExpression, now: Date): void {
  if (atMs === undefined || atMs > now.getTime()) return;
  const time = new Date(atMs).toISOString();
  throw new CodeseederError(
    'InvalidRequest',
    `The time of the schedule expression ${expression} in ${timeZone} has passed: it was ${time}, and now it is ${now.toISOString()}. Use a later time or another time zone, or start the target now: codeseeder start`,
  );
}

function refused(name: string, problem: string): CodeseederError {
  return new CodeseederError('InvalidRequest', `The schedule ${name} is not valid: ${problem}`);
}
