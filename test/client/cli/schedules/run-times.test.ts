import { expect, it } from '@jest/globals';

import {
  describeNext,
  describeRunTimes,
  firstRunRow,
  nextRunsOf,
  runTimesOf,
} from '../../../../client/cli/schedules/run-times.js';
import type { TargetSchedule } from '../../../../client/schedule-types.js';
import { aRunRecord } from '../../../contract/builders.js';

const NOW = Date.parse('2026-03-01T10:00:00Z');
const SCHEDULE: TargetSchedule = {
  name: 'poll',
  state: 'active',
  expression: 'rate(15 minutes)',
  timeZone: 'Europe/Berlin',
  createdAt: '2026-03-01T08:00:00.000Z',
  changedAt: '2026-03-01T08:01:00.000Z',
};
const LAST = aRunRecord({
  runId: 'poll-20260301T095000Z-0123abcd',
  status: 'FAILED',
  failure: { code: 'RemoteError', message: 'no' },
  queuedAt: '2026-03-01T09:50:03.000Z',
});

const timesWith = (runs: (typeof LAST)[], schedule: Partial<TargetSchedule> = {}) =>
  runTimesOf({ ...SCHEDULE, ...schedule }, { runs: { list: async () => runs } as never }, NOW);

it('The next run of a rate is counted from the time at which the last one was due', async () => {
  expect(await timesWith([LAST])).toEqual({ nextRunAt: '2026-03-01T10:05:00.000Z', lastRun: LAST });
});

it('The next run of a rate without a run is counted from the last change, or from its start', async () => {
  expect(await timesWith([])).toEqual({ nextRunAt: '2026-03-01T10:01:00.000Z', lastRun: null });
  const started = await timesWith([LAST], { startAt: '2026-03-01T10:30:00.000Z' });
  expect(started.nextRunAt).toBe('2026-03-01T10:30:00.000Z');
});

it('A schedule that is paused, or whose end comes before its next time, has no next run', async () => {
  expect((await timesWith([LAST], { state: 'paused' })).nextRunAt).toBeUndefined();
  expect((await timesWith([LAST], { endAt: '2026-03-01T10:04:00.000Z' })).nextRunAt).toBeUndefined();
});

it('The next run in a list reads the last run only for a rate without a start, and has a form for programs', async () => {
  let reads = 0;
  const kit = { runs: { list: async () => [LAST].slice(reads++) } } as never;
  const schedules = [
    SCHEDULE,
    { ...SCHEDULE, state: 'paused' as const },
    { ...SCHEDULE, expression: 'cron(0 12 * * ? *)' },
    { ...SCHEDULE, startAt: '2026-03-01T10:30:00.000Z' },
  ];
  const next = await nextRunsOf(schedules, kit, NOW);

  expect(reads).toBe(1);
  const shown = (isForPeople: boolean) =>
    schedules.map((schedule, index) => describeNext(schedule, next[index], { nowMs: NOW, isForPeople }));
  expect(shown(true)).toEqual(['in 5m', 'paused', 'in 1h', 'in 30m']);
  expect(shown(false).slice(0, 2)).toEqual(['2026-03-01T10:05:00.000Z', 'paused']);
});

it('Times are in the time zone of the schedule and in that of this machine, each zone once', () => {
  const times = { nextRunAt: '2026-03-01T10:05:00.000Z', lastRun: LAST };
  expect(describeRunTimes(SCHEDULE, times, NOW, 'America/New_York')).toEqual([
    ['next run', 'in 5m: 2026-03-01 11:05:00 Europe/Berlin, 2026-03-01 05:05:00 America/New_York'],
    [
      'last run',
      'FAILED RemoteError, 9m ago: 2026-03-01 10:50:03 Europe/Berlin, 2026-03-01 04:50:03 America/New_York',
    ],
    ['its id', LAST.runId],
  ]);
  expect(describeRunTimes(SCHEDULE, times, NOW, 'Europe/Berlin')[0]).toEqual([
    'next run',
    'in 5m: 2026-03-01 11:05:00 Europe/Berlin',
  ]);
});

it.each<[Partial<TargetSchedule>, string]>([
  [{}, 'at once'],
  [{ startAt: '2026-03-01T10:30:00.000Z' }, 'in 30m: 2026-03-01 11:30:00 Europe/Berlin'],
  [{ state: 'paused' }, 'none: the schedule is paused'],
  [{ expression: 'at(2026-03-01T12:00:00)' }, 'in 1h: 2026-03-01 12:00:00 Europe/Berlin'],
])('The next run of a schedule that was just added with %j is %s', async (more, text) => {
  const [name, shown] = await firstRunRow({ ...SCHEDULE, ...more }, NOW);
  expect([name, shown.split(', ')[0]]).toEqual(['next run', text]);
});
