import { describe, expect, it } from '@jest/globals';

import { parseScheduleExpression, parseTimeZone } from '../../../lib/contract/index.js';

describe('parseScheduleExpression', () => {
  it.each([
    'rate(1 minute)',
    'rate(15 minutes)',
    'cron(0 2 * * ? *)',
    'cron(0/15 8-18 ? * MON-FRI *)',
    'cron(0 0 L * ? 2026-2030)',
    'cron(30 1 15W JAN,JUL ? *)',
    'cron(0 9 ? * 2#1 *)',
    'cron(0 9 ? * FRIL *)',
  ])('%s is accepted as EventBridge Scheduler takes it', (expression) => {
    expect(parseScheduleExpression(expression, 'Europe/Berlin')).toMatchObject({
      expression,
      timeZone: 'Europe/Berlin',
    });
  });

  it.each([
    ['rate(1 minutes)', 'rate(1 minute)'],
    ['rate(5 minute)', 'rate(5 minutes)'],
    ['rate(01  days)', 'rate(1 day)'],
  ])('%s becomes %s, which both EventBridge and its Scheduler accept', (text, expression) => {
    expect(parseScheduleExpression(text).expression).toBe(expression);
  });

  it.each([
    ['0 2 * * *', 'it has 5 fields, but cron(...) has 6', 'write such as cron(0 2 * * ? *)'],
    ['cron(0 2 * * MON-FRI)', 'it has 5 fields', 'cron(0 2 ? * MON-FRI *)'],
    ['0 2 * * ? *', 'the fields of cron are in parentheses', 'write cron(0 2 * * ? *)'],
    ['cron(0 2 * * * *)', 'exactly one of day of month and day of week must be ?', 'cron(0 2 * * ? *)'],
    ['cron(0 24 * * ? *)', 'the field hours is "24"', 'numbers from 0 to 23'],
    ['cron(0 2 ? * MONDAY *)', 'the field day of week is "MONDAY"', 'SUN to SAT'],
    ['cron(0 8- * * ? *)', 'the field hours is "8-"', 'numbers from 0 to 23'],
    ['cron(0 2 ? * 2/2 *)', 'the field day of week is "2/2"', 'numbers from 1 to 7'],
    ['rate(15 seconds)', 'rate(...) takes a whole number from 1', 'rate(15 minutes)'],
    ['rate(0 minutes)', 'rate(...) takes a whole number from 1', 'rate(15 minutes)'],
    ['at(2026-12-31T23:00:00Z)', 'without an offset', 'at(2026-12-31T23:00:00)'],
    ['at(2026-02-30T23:00:00)', 'a date and a time that exist', 'at(2026-12-31T23:00:00)'],
    ['nightly', 'write at(2026-12-31T23:00:00), rate(15 minutes)', 'cron(0 2 * * ? *)'],
  ])('%s is refused with its fault and the fix', (expression, fault, fix) => {
    const refused = () => parseScheduleExpression(expression);
    expect(refused).toThrow(`The schedule expression ${JSON.stringify(expression)} is not valid`);
    expect(refused).toThrow(fault);
    expect(refused).toThrow(fix);
  });

  it.each([
    ['2026-07-01T12:00:00', 'Europe/Berlin', '2026-07-01T10:00:00.000Z'],
    ['2026-12-01T12:00:00', 'Europe/Berlin', '2026-12-01T11:00:00.000Z'],
    ['2026-12-01T12:00:00', 'Asia/Kolkata', '2026-12-01T06:30:00.000Z'],
    ['2026-12-01T12:00:00', 'UTC', '2026-12-01T12:00:00.000Z'],
    ['2026-03-08T01:59:59', 'America/New_York', '2026-03-08T06:59:59.000Z'],
    ['2026-03-08T03:00:00', 'America/New_York', '2026-03-08T07:00:00.000Z'],
    ['2026-11-01T01:30:00', 'America/New_York', '2026-11-01T05:30:00.000Z'],
    ['2026-10-25T02:30:00', 'Europe/Berlin', '2026-10-25T00:30:00.000Z'],
    ['2026-04-05T01:45:00', 'Australia/Lord_Howe', '2026-04-04T14:45:00.000Z'],
    ['2011-12-29T23:59:59', 'Pacific/Apia', '2011-12-30T09:59:59.000Z'],
    ['2011-12-31T00:00:00', 'Pacific/Apia', '2011-12-30T10:00:00.000Z'],
    ['2026-02-15T02:30:00', 'Africa/Casablanca', '2026-02-15T01:30:00.000Z'],
    ['2026-03-01T12:00:00', 'Africa/Casablanca', '2026-03-01T12:00:00.000Z'],
  ])('`at(%s)` in %s is the time %s', (wall, zone, time) => {
    const { atMs } = parseScheduleExpression(`at(${wall})`, zone);
    expect(new Date(atMs ?? 0).toISOString()).toBe(time);
  });
});

describe('a time that the clocks skip', () => {
  it.each([
    ['2026-03-08T02:30:00', 'America/New_York', '2026-03-08T01:30:00', '2026-03-08T03:30:00'],
    ['2026-03-29T02:00:00', 'Europe/Berlin', '2026-03-29T01:00:00', '2026-03-29T03:00:00'],
    ['2026-10-04T02:15:00', 'Australia/Lord_Howe', '2026-10-04T01:45:00', '2026-10-04T02:45:00'],
    ['2011-12-30T12:00:00', 'Pacific/Apia', '2011-12-29T12:00:00', '2011-12-31T12:00:00'],
    ['2026-03-22T02:30:00', 'Africa/Casablanca', '2026-03-22T01:30:00', '2026-03-22T03:30:00'],
  ])('`at(%s)` in %s is refused with the times before and after', (wall, zone, earlier, later) => {
    expect(() => parseScheduleExpression(`at(${wall})`, zone)).toThrow(
      `the clocks of ${zone} skip this time, so the schedule may never run; write at(${earlier}) or at(${later})`,
    );
  });
});

describe('parseTimeZone', () => {
  it.each(['Europe/Berlim', '+01:00', 'EST5EDT;', ''])('%j is refused with names that exist', (zone) => {
    expect(() => parseTimeZone(zone)).toThrow(
      new RegExp(
        `The time zone ${JSON.stringify(zone).replaceAll(/[+]/g, '\\+')} is not valid: write a name .*UTC`,
      ),
    );
  });

  it('A misspelled time zone is refused with the nearest name', () => {
    expect(() => parseTimeZone('Europe/Berlim')).toThrow('Europe/Berlin');
  });
});
