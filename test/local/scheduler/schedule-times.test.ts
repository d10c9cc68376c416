import { describe, expect, it } from '@jest/globals';

import { isExpression, isTimeZone, nextTime } from '../../../lib/local/scheduler/schedule-times.js';

/** Returns the first times of a schedule after a time, in ISO 8601. */
function times(expression: string, timezone: string, after: string, count: number, more = {}): string[] {
  const schedule = { expression, timezone, modifiedAtMs: Date.parse(after), ...more };
  const found: string[] = [];
  let next = nextTime(schedule, Date.parse(after));
  while (next !== undefined && found.length < count) {
    found.push(new Date(next).toISOString().slice(0, 16));
    next = nextTime(schedule, next);
  }
  return found;
}

describe('The times of a schedule', () => {
  it('A cron expression is read in the time zone, through its changes to and from summer time', () => {
    expect(times('cron(0 9 * * ? *)', 'Europe/Berlin', '2026-03-28T00:00:00Z', 2)).toEqual([
      '2026-03-28T08:00',
      '2026-03-29T07:00',
    ]);
    expect(times('cron(0 9 * * ? *)', 'Asia/Kolkata', '2026-03-28T00:00:00Z', 1)).toEqual([
      '2026-03-28T03:30',
    ]);
  });

  it('A time that the clocks skip is left out, and one that they show twice comes once', () => {
    expect(times('cron(30 2 * * ? *)', 'Europe/Berlin', '2026-03-28T12:00:00Z', 1)).toEqual([
      '2026-03-30T00:30',
    ]);
    expect(times('cron(30 2 * * ? *)', 'Europe/Berlin', '2026-10-24T12:00:00Z', 2)).toEqual([
      '2026-10-25T00:30',
      '2026-10-26T01:30',
    ]);
  });

  it('A rate counts from the start date, and else from the last change', () => {
    const startMs = Date.parse('2026-01-02T00:00:00Z');
    expect(times('rate(6 hours)', 'UTC', '2026-01-01T00:00:00Z', 2, { startMs })).toEqual([
      '2026-01-02T00:00',
      '2026-01-02T06:00',
    ]);
    expect(times('rate(1 day)', 'UTC', '2026-01-01T01:00:00Z', 1)).toEqual(['2026-01-02T01:00']);
  });

  it('No time is after the end date, or before the start date', () => {
    const startMs = Date.parse('2026-01-03T00:00:00Z');
    const endMs = Date.parse('2026-01-04T12:00:00Z');
    expect(times('cron(0 2 * * ? *)', 'UTC', '2026-01-01T00:00:00Z', 9, { startMs, endMs })).toEqual([
      '2026-01-03T02:00',
      '2026-01-04T02:00',
    ]);
  });

  it('An at(...) has one time, in its time zone', () => {
    expect(times('at(2026-07-01T12:00:00)', 'Europe/Berlin', '2026-01-01T00:00:00Z', 9)).toEqual([
      '2026-07-01T10:00',
    ]);
    expect(times('at(2026-07-01T12:00:00)', 'UTC', '2026-08-01T00:00:00Z', 9)).toEqual([]);
  });

  it.each([
    'rate(0 minutes)',
    'rate(5 seconds)',
    'cron(0 2 * * *)',
    'at(2026-02-30T00:00:00)',
    'at(now)',
    'daily',
  ])('%s is no expression', (expression) => {
    expect(isExpression(expression)).toBe(false);
  });

  it('Only names of the time zone database are time zones', () => {
    expect(['UTC', 'Europe/Berlin', 'Mars/Base', '+01:00'].map(isTimeZone)).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });
});
