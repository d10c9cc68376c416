import { nextCronTimeMs, parseCron } from './cron.js';
import { invalid } from './members.js';

/** The times of a schedule. */
export interface Schedule {
  /**
   * Returns the next time, in milliseconds since the epoch, or undefined if the schedule has ended. Skips times that
   * have passed.
   *
   * @param lastMs the previous time of the schedule; undefined if the schedule starts now
   */
  nextMs(nowMs: number, lastMs?: number): number | undefined;
}

const UNIT_MS: Readonly<Record<string, number>> = {
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
};

/**
 * Parses `rate(...)` or `cron(...)`.
 * @throws AwsError `ValidationException`
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html
 */
export function parseSchedule(expression: string): Schedule {
  const [, fields] = /^cron\((.*)\)$/.exec(expression) ?? [];
  const schedule = fields === undefined ? rateSchedule(expression) : cronSchedule(fields);
  if (schedule !== undefined) return schedule;
  throw invalid('Parameter ScheduleExpression is not valid.');
}

function cronSchedule(fields: string): Schedule | undefined {
  const cron = parseCron(fields);
  return cron && { nextMs: (nowMs, lastMs = nowMs) => nextCronTimeMs(cron, Math.max(nowMs, lastMs)) };
}

function rateSchedule(expression: string): Schedule | undefined {
  const [, text = '', unit = '', plural = ''] =
    /^rate\(([1-9]\d*) (minute|hour|day)(s?)\)$/.exec(expression) ?? [];
  const unitMs = UNIT_MS[unit];
  if (unitMs === undefined || (text === '1') !== (plural === '')) return undefined;
  const everyMs = Number(text) * unitMs;
  return {
    nextMs: (nowMs, lastMs = nowMs) =>
      lastMs + (Math.floor(Math.max(0, nowMs - lastMs) / everyMs) + 1) * everyMs,
  };
}
