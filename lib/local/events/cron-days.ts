import { CRON_FIELDS, fieldNumber, fieldNumbers } from './cron-field.js';

/** A month in UTC. */
export interface Month {
  readonly year: number;
  /** 1 is January. */
  readonly month: number;
}

/** Returns the days of a month that a cron expression names, in ascending order. */
export type DaysOfMonth = (month: Month) => readonly number[];

/**
 * Reads the fields day-of-month and day-of-week, of which exactly one must be `?`.
 * @returns undefined if they are not valid
 */
export function readDays(dayOfMonth: string, dayOfWeek: string): DaysOfMonth | undefined {
  if ((dayOfMonth === '?') === (dayOfWeek === '?')) return undefined;
  return dayOfWeek === '?' ? readDaysOfMonth(dayOfMonth.toUpperCase()) : readDaysOfWeek(dayOfWeek);
}

/** Parses the field day-of-month: `L`, `L-3`, `LW`, `15W` or numbers. */
function readDaysOfMonth(text: string): DaysOfMonth | undefined {
  if (text === 'LW') return (month) => [nearestWeekday(month, lengthOf(month))];
  const [fromLast, before = '0'] = /^L(?:-(\d{1,2}))?$/.exec(text) ?? [];
  if (fromLast !== undefined) {
    return Number(before) > 30 ? undefined : (month) => within(month, lengthOf(month) - Number(before));
  }
  const [, near] = /^(\d{1,2})W$/.exec(text) ?? [];
  if (near !== undefined) {
    const day = fieldNumber(near, CRON_FIELDS.dayOfMonth);
    if (day === undefined) return undefined;
    return (month) => within(month, day).map((existing) => nearestWeekday(month, existing));
  }
  const days = fieldNumbers(text, CRON_FIELDS.dayOfMonth);
  return days && ((month) => days.filter((day) => day <= lengthOf(month)));
}

/**
 * Parses the field day-of-week: `L` (Saturday), `6L` (the last Friday), `6#2` (the second Friday), numbers or names.
 */
function readDaysOfWeek(text: string): DaysOfMonth | undefined {
  if (/^L$/i.test(text)) return (month) => daysOn(month, [7]);
  const [, lastName] = /^(\w+)L$/i.exec(text) ?? [];
  const last = lastName === undefined ? undefined : fieldNumber(lastName, CRON_FIELDS.dayOfWeek);
  if (last !== undefined) return (month) => daysOn(month, [last]).slice(-1);
  const [, nthName, nth = ''] = /^(\w+)#([1-5])$/.exec(text) ?? [];
  if (nthName !== undefined) {
    const day = fieldNumber(nthName, CRON_FIELDS.dayOfWeek);
    if (day === undefined) return undefined;
    return (month) => daysOn(month, [day]).slice(Number(nth) - 1, Number(nth));
  }
  const days = fieldNumbers(text, CRON_FIELDS.dayOfWeek);
  return days && ((month) => daysOn(month, days));
}

function lengthOf({ year, month }: Month): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate();
}

function within(month: Month, day: number): readonly number[] {
  return day >= 1 && day <= lengthOf(month) ? [day] : [];
}

/** Returns 1 for Sunday to 7 for Saturday. */
function weekday({ year, month }: Month, day: number): number {
  return new Date(Date.UTC(year, month - 1, day)).getUTCDay() + 1;
}

function daysOn(month: Month, weekdays: readonly number[]): readonly number[] {
  const days = Array.from({ length: lengthOf(month) }, (_, index) => index + 1);
  return days.filter((day) => weekdays.includes(weekday(month, day)));
}

/** Returns the weekday (Monday to Friday) that is closest to a day, in the same month. */
function nearestWeekday(month: Month, day: number): number {
  const on = weekday(month, day);
  if (on === 7) return day === 1 ? 3 : day - 1;
  if (on === 1) return day === lengthOf(month) ? day - 2 : day + 1;
  return day;
}
