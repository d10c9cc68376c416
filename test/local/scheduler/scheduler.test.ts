import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { holdWrites } from '../held-write.js';
import { simulatedClock, type SimulatedClock } from '../simulated-clock.js';
import { openTestPlaceContext, type TestPlaceContext } from '../test-place-context.js';
import {
  DEAD_LETTERS,
  FUNCTION,
  openTestScheduler,
  SCHEDULE,
  TARGET,
  type TestScheduler,
  until,
} from './test-scheduler.js';

const START = Date.parse('2030-01-01T00:00:00Z');
let clock: SimulatedClock;
let context: TestPlaceContext;
let scheduler: TestScheduler;

beforeEach(async () => {
  clock = simulatedClock(START);
  context = await openTestPlaceContext({ clock });
  scheduler = await openTestScheduler(context);
});
afterEach(async () => {
  await scheduler.close();
  await context.dispose();
});

async function reopen(failures = 0, code?: string): Promise<void> {
  await scheduler.close();
  scheduler = await openTestScheduler(context, failures, code);
}
const hasCalls = async () => {
  for await (const _call of context.store.collection('scheduler-calls').entries()) return true;
  return false;
};
const times = () => scheduler.received.map(({ body }) => body['time']);
const { CreateSchedule, GetSchedule, ListSchedules } = new Proxy({} as TestScheduler['operations'], {
  get: (_none, name: keyof TestScheduler['operations']) => (input: object) =>
    scheduler.operations[name](input),
});

describe('EventBridge Scheduler', () => {
  it('A schedule calls its function at each time, with the scheduled time in its input', async () => {
    await CreateSchedule(SCHEDULE);
    await until(() => scheduler.received.length >= 2);
    expect(scheduler.received[0]).toEqual({
      to: FUNCTION,
      body: { time: '2030-01-01T02:00:00Z', attempt: '1' },
    });
    expect(times()).toContain('2030-01-02T02:00:00Z');
  });

  it('A rate calls its function at once, and then after each period', async () => {
    await CreateSchedule({ ...SCHEDULE, ScheduleExpression: 'rate(5 minutes)' });
    await until(() => scheduler.received.length >= 2);
    expect(times().slice(0, 2)).toEqual(['2030-01-01T00:00:00Z', '2030-01-01T00:05:00Z']);
  });

  it('A failed call is repeated with the same scheduled time', async () => {
    await reopen(2);
    await CreateSchedule({ ...SCHEDULE, ScheduleExpression: 'at(2030-01-01T01:00:00)' });
    await until(() => scheduler.received.length === 1);
    expect(scheduler.received[0]?.body).toEqual({ time: '2030-01-01T01:00:00Z', attempt: '3' });
  });

  it.each([
    ['after its retries', 'TooManyRequestsException', { MaximumRetryAttempts: 1 }, '1'],
    ['at once if the function does not exist', 'ResourceNotFoundException', {}, '0'],
  ])(
    'A call is given up %s, and goes to the dead-letter queue',
    async (_when, code, RetryPolicy, attempts) => {
      await reopen(9, code);
      const Target = { ...TARGET, RetryPolicy, DeadLetterConfig: { Arn: DEAD_LETTERS } };
      await CreateSchedule({ ...SCHEDULE, ScheduleExpression: 'at(2030-01-01T01:00:00)', Target });
      await until(() => scheduler.dead.length === 1);
      expect(scheduler.dead[0]).toMatchObject({ ERROR_CODE: code, RETRY_ATTEMPTS: attempts });
      expect(context.problems).toEqual(['The schedule nightly could not call ' + FUNCTION]);
    },
  );

  it('A schedule that is to be deleted is gone after its last call', async () => {
    const once = { ...SCHEDULE, ScheduleExpression: 'at(2030-01-01T01:00:00)' };
    await CreateSchedule({ ...once, ActionAfterCompletion: 'DELETE' });
    await CreateSchedule({ ...once, Name: 'kept' });
    await until(
      async () => (await ListSchedules({})).Schedules.length === 1 && scheduler.received.length === 2,
    );
    expect((await ListSchedules({})).Schedules).toMatchObject([{ Name: 'kept' }]);
  });

  it('A disabled schedule calls nothing, and one that is enabled again does not make up for its times', async () => {
    await CreateSchedule({ ...SCHEDULE, State: 'DISABLED' });
    await CreateSchedule({ ...SCHEDULE, Name: 'other', ScheduleExpression: 'at(2030-01-03T12:00:00)' });
    await until(() => scheduler.received.length === 1);
    expect(times()).toEqual(['2030-01-03T12:00:00Z']);
    await scheduler.operations.UpdateSchedule(SCHEDULE);
    await until(() => scheduler.received.length >= 2);
    expect(times()[1]).toBe('2030-01-04T02:00:00Z');
  });

  it('A call in a flexible time window is left out when the schedule was removed meanwhile', async () => {
    clock.limitMs = Date.parse('2030-01-01T01:00:00Z');
    await CreateSchedule({
      ...SCHEDULE,
      ScheduleExpression: 'at(2030-01-01T01:00:00)',
      FlexibleTimeWindow: { Mode: 'FLEXIBLE', MaximumWindowInMinutes: 1440 },
    });
    await until(hasCalls);
    await scheduler.operations.DeleteSchedule({ Name: 'nightly' });
    clock.limitMs = Infinity;
    await until(async () => !(await hasCalls()));
    expect(scheduler.received).toEqual([]);
  });

  it('Schedules and groups are there after a restart, and an at(...) that passed meanwhile is called', async () => {
    await scheduler.close();
    const before = await openTestScheduler({ ...context, clock: { now: () => START, sleep: forever } });
    await before.operations.CreateScheduleGroup({ Name: 'team' });
    await before.operations.CreateSchedule({
      ...SCHEDULE,
      GroupName: 'team',
      ScheduleExpression: 'at(2030-01-01T01:00:00)',
    });
    await before.operations.CreateSchedule(SCHEDULE);
    await before.close();
    scheduler = await openTestScheduler({ ...context, clock: simulatedClock(START + 3 * 86_400_000) });
    await expect(GetSchedule({ Name: 'nightly', GroupName: 'team' })).resolves.toMatchObject({
      State: 'ENABLED',
    });
    await until(() => scheduler.received.length >= 2);
    expect(times().slice(0, 2)).toEqual(['2030-01-01T01:00:00Z', '2030-01-04T02:00:00Z']);
  });

  it('A schedule that is deleted while its time is noted stays deleted', async () => {
    await scheduler.close();
    const { store, duringNextWrite } = holdWrites(context.store);
    scheduler = await openTestScheduler({ ...context, store });
    clock.limitMs = START;
    await CreateSchedule({ ...SCHEDULE, ScheduleExpression: 'at(2030-01-01T01:00:00)' });
    const deletion = duringNextWrite('scheduler-schedules', () =>
      scheduler.operations.DeleteSchedule({ Name: 'nightly' }),
    );
    clock.limitMs = Infinity;
    await deletion;
    await scheduler.close();
    expect((await ListSchedules({})).Schedules).toEqual([]);
  });

  it('A template’s group is created once, and deleted with its schedules', async () => {
    const [provider] = scheduler.resourceProviders;
    const request = {
      stackName: 's',
      logicalId: 'Group',
      properties: { Name: 'team', Tags: [{ Key: 'a', Value: 'b' }] },
    };
    const created = await provider?.create(request);
    expect(created).toEqual({
      physicalId: 'team',
      attributes: { Arn: 'arn:aws:scheduler:eu-central-1:123456789012:schedule-group/team', State: 'ACTIVE' },
    });
    await expect(provider?.create(request)).rejects.toMatchObject({ code: 'AlreadyExists' });
    await CreateSchedule({ ...SCHEDULE, GroupName: 'team' });
    await provider?.delete(created ?? { physicalId: '', attributes: {} });
    await provider?.delete(created ?? { physicalId: '', attributes: {} });
    await expect(GetSchedule({ Name: 'nightly', GroupName: 'team' })).rejects.toMatchObject({
      code: 'ResourceNotFoundException',
    });
    expect((await ListSchedules({})).Schedules).toEqual([]);
  });
});

/** Never ends before the signal aborts. */
function forever(_milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((_resolve, reject) =>
    signal?.addEventListener('abort', () => reject(signal.reason as Error), { once: true }),
  );
}
