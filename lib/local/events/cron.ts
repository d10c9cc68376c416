import { type DaysOfMonth, readDays } from './cron-days.js';
import { CRON_FIELDS, fieldNumbers } from './cron-field.js';

/** The times of a `cron(...)`, in UTC. The numbers are in ascending order. */
export interface Cron {
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  readonly days: DaysOfMonth;
  readonly months: readonly number[];
  readonly years: readonly number[];
}

/**
 * Parses the six fields of a `cron(...)`: minutes, hours, day-of-month, month, day-of-week, year. This module exists
 * because the known libraries on npm differ from EventBridge: they number the days of the week from 0, or accept text
 * that EventBridge refuses.
 *
 * @returns undefined if the text is not valid
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html
 */
export function parseCron(text: string): Cron | undefined {
  const fields = text.split(/ +/);
  if (!isSix(fields)) return undefined;
  const [minute, hour, dayOfMonth, month, dayOfWeek, year] = fields;
  const minutes = fieldNumbers(minute, CRON_FIELDS.minute);
  const hours = fieldNumbers(hour, CRON_FIELDS.hour);
  const days = readDays(dayOfMonth, dayOfWeek);
  const months = fieldNumbers(month, CRON_FIELDS.month);
  const years = fieldNumbers(year, CRON_FIELDS.year);
  if (!minutes || !hours || !days || !months || !years) return undefined;
  return { minutes, hours, days, months, years };
}

function isSix(fields: string[]): fields is [string, string, string, string, string, string] {
  return fields.length === 6;
}

/** Returns the next time after `afterMs`, in milliseconds since the epoch, or undefined if there is none. */
export function nextCronTimeMs(cron: Cron, afterMs: number): number | undefined {
  const after = new Date(afterMs);
  const today = Date.UTC(after.getUTCFullYear(), after.getUTCMonth(), after.getUTCDate());
  for (const dayMs of daysFrom(cron, today)) {
    for (const hour of cron.hours) {
      for (const minute of cron.minutes) {
        const timeMs = dayMs + hour * 3_600_000 + minute * 60_000;
        if (timeMs > afterMs) return timeMs;
      }
    }
  }
  return undefined;
}

function* daysFrom({ years, months, days }: Cron, firstMs: number): Generator<number> {
  const firstYear = new Date(firstMs).getUTCFullYear();
  for (const year of years.filter((candidate) => candidate >= firstYear)) {
    for (const month of months) {
      for (const day of days({ year, month })) {
        const dayMs = Date.UTC(year, month - 1, day);
        if (dayMs >= firstMs) yield dayMs;
      }
    }
  }
}
