import { describe, expect, it } from '@jest/globals';

import { nextCronTimeMs, parseCron } from '../../../lib/local/events/cron.js';

/**
 * Returns the first `count` times after 2026-01-01T00:00Z, which is a Thursday, in the form `2026-01-31T10:00`.
 */
function timesOf(text: string, count: number, after = '2026-01-01T00:00:00Z'): string[] {
  const cron = parseCron(text);
  if (cron === undefined) throw new Error(`${text} is not valid`);
  const times: string[] = [];
  let timeMs: number | undefined = Date.parse(after);
  while (times.length < count) {
    timeMs = nextCronTimeMs(cron, timeMs);
    if (timeMs === undefined) break;
    times.push(new Date(timeMs).toISOString().slice(0, 16));
  }
  return times;
}

describe('Cron expressions', () => {
  // The expected times were derived by hand from a calendar of 2026.
  it.each([
    ['0 2 * * ? *', ['2026-01-01T02:00', '2026-01-02T02:00']],
    ['0/15 8 ? * MON-FRI *', ['2026-01-01T08:00', '2026-01-01T08:15', '2026-01-01T08:30']],
    ['*/20 23 31 12 ? *', ['2026-12-31T23:00', '2026-12-31T23:20', '2026-12-31T23:40', '2027-12-31T23:00']],
    [
      '10-30/10,5 0 1 1 ? *',
      ['2026-01-01T00:05', '2026-01-01T00:10', '2026-01-01T00:20', '2026-01-01T00:30'],
    ],
    ['0 10 L * ? *', ['2026-01-31T10:00', '2026-02-28T10:00', '2026-03-31T10:00']],
    ['0 10 L-3 2,3 ? *', ['2026-02-25T10:00', '2026-03-28T10:00']],
    ['0 10 LW 1-2,5 ? *', ['2026-01-30T10:00', '2026-02-27T10:00', '2026-05-29T10:00']],
    ['0 10 1W 2,8,11 ? *', ['2026-02-02T10:00', '2026-08-03T10:00', '2026-11-02T10:00']],
    ['0 10 15W 2,8,11 ? *', ['2026-02-16T10:00', '2026-08-14T10:00', '2026-11-16T10:00']],
    ['0 10 31W 1,2,5 ? *', ['2026-01-30T10:00', '2026-05-29T10:00', '2027-01-29T10:00']],
    ['0 10 ? * 3#2 *', ['2026-01-13T10:00', '2026-02-10T10:00']],
    ['0 10 ? * thu#5 *', ['2026-01-29T10:00', '2026-04-30T10:00']],
    ['0 10 ? * 6L *', ['2026-01-30T10:00', '2026-02-27T10:00']],
    ['0 10 ? jan,MAR FRIL *', ['2026-01-30T10:00', '2026-03-27T10:00']],
    ['0 10 ? * L *', ['2026-01-03T10:00', '2026-01-10T10:00']],
    ['0 10 ? * 1,WED *', ['2026-01-04T10:00', '2026-01-07T10:00']],
    ['0 0 29 2 ? *', ['2028-02-29T00:00', '2032-02-29T00:00']],
    ['0 0 1 1 ? 2027-2030/2', ['2027-01-01T00:00', '2029-01-01T00:00']],
  ])('`cron(%s)` gives the times %j', (text, times) => {
    expect(timesOf(text, times.length)).toEqual(times);
  });

  it.each(['0 0 1 1 ? 2020', '0 0 30 2 ? *', '0 0 1 1 ? 2026'])(
    '`cron(%s)` has no more times when all are past or no such day exists',
    (text) => {
      expect(timesOf(text, 1)).toEqual([]);
    },
  );

  it.each([
    '0 2 * * *',
    '0 2 * * ? * *',
    '0 2 * * * *',
    '0 2 ? * ? *',
    '60 2 * * ? *',
    '0 24 * * ? *',
    '0 0 0 * ? *',
    '0 0 32 * ? *',
    '0 0 ? 13 1 *',
    '0 0 ? * 0 *',
    '0 0 ? * 8 *',
    '0 0 ? * 3#6 *',
    '0 0 ? * 3#1,6#3 *',
    '0 0 ? * 2/2 *',
    '0 0 ? * MONDAY *',
    '0 0 32W * ? *',
    '0 0 L-31 * ? *',
    '0 0 * FOO ? *',
    '0 0 * * ? 1969',
    '0 0 * * ? 2200',
    '0/0 0 * * ? *',
    '-1 0 * * ? *',
    '5-1 0 * * ? *',
    '1-2-3 0 * * ? *',
    '1,,2 0 * * ? *',
    '1.5 0 * * ? *',
    ' 0 0 * * ? *',
    '@daily',
    '',
  ])('`cron(%s)` is not valid', (text) => {
    expect(parseCron(text)).toBeUndefined();
  });
});
