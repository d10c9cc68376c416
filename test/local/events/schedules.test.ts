import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { simulatedClock } from '../simulated-clock.js';
import { openTestPlaceContext, type TestPlaceContext } from '../test-place-context.js';
import { ARNS, openTestEvents, type TestEvents, until } from './test-events.js';

let context: TestPlaceContext;
let events: TestEvents;

beforeEach(async () => {
  context = await openTestPlaceContext();
  events = await openTestEvents(context);
});
afterEach(async () => {
  await events.close();
  await context.dispose();
});

describe('Schedules', () => {
  it('A schedule sends an event each period, with the rule as its resource', async () => {
    await events.close();
    const startedAtMs = Date.parse('2030-01-01T00:00:00Z');
    const clock = simulatedClock(startedAtMs);
    events = await openTestEvents({ ...context, clock });
    await events.provide('AWS::Events::Rule', {
      Name: 'every',
      ScheduleExpression: 'rate(5 minutes)',
      Targets: [{ Id: 't', Arn: ARNS.queue }],
    });
    // The simulated clock does not wait until the rule has targets, nor for deliveries. So the first events may have
    // no target, and events may arrive in another order.
    await until(() => events.received.length >= 6);
    await events.close();
    const bodies = events.received.map(({ body }) => JSON.parse(body));
    const minutes = bodies.map(({ time }) => (Date.parse(time) - startedAtMs) / 60_000);
    const [first = 0, ...next] = minutes.sort((one, other) => one - other);
    expect(first).toBeGreaterThan(0);
    expect(first % 5).toBe(0);
    expect(next.slice(0, 2)).toEqual([first + 5, first + 10]);
    expect(bodies[0]).toMatchObject({
      source: 'aws.events',
      'detail-type': 'Scheduled Event',
      resources: ['arn:aws:events:eu-central-1:123456789012:rule/every'],
      detail: {},
    });
  });

  it.each([
    'rate(5 minute)',
    'rate(1 minutes)',
    'rate(0 days)',
    'every 5 minutes',
    'cron(0 2 * * *)',
    'cron(0 2 * * * *)',
  ])('The schedule expression %s is refused', async (text) => {
    await expect(events.call('PutRule', { Name: 'r', ScheduleExpression: text })).rejects.toMatchObject({
      code: 'ValidationException',
      message: 'Parameter ScheduleExpression is not valid.',
    });
  });

  it('A cron schedule sends its events at its times in UTC, and again after a restart', async () => {
    await events.close();
    const clock = simulatedClock(Date.parse('2030-01-31T23:00:00Z'));
    const timed = { ...context, clock };
    events = await openTestEvents(timed);
    await events.provide('AWS::Events::Rule', {
      Name: 'monthly',
      ScheduleExpression: 'cron(30 2 L * ? *)',
      Targets: [{ Id: 't', Arn: ARNS.queue }],
    });
    const times = () =>
      events.received
        .map(({ body }) => String(JSON.parse(body).time))
        .sort((one, other) => (one < other ? -1 : 1));
    await until(() => events.received.length >= 2);
    await events.close();
    // The first times may be missing, because the simulated clock does not wait until the rule has a target.
    expect(times().every((time) => /^\d{4}-\d\d-(28|29|30|31)T02:30:00Z$/.test(time))).toBe(true);
    const last = times().at(-1) ?? '';
    events = await openTestEvents(timed);
    await until(() => events.received.length >= 1);
    await events.close();
    expect(times()[0]).toMatch(/^\d{4}-\d\d-(28|29|30|31)T02:30:00Z$/);
    expect((times()[0] ?? '') > last).toBe(true);
  });

  it('A cron expression without further times sends no event, and its rule stays', async () => {
    await events.call('PutRule', { Name: 'past', ScheduleExpression: 'cron(0 0 1 1 ? 2020)' });
    await expect(events.call('DescribeRule', { Name: 'past' })).resolves.toMatchObject({ State: 'ENABLED' });
  });

  it('A schedule is refused on a bus other than the default one', async () => {
    await events.call('CreateEventBus', { Name: 'b' });
    await expect(
      events.call('PutRule', { Name: 'r', EventBusName: 'b', ScheduleExpression: 'rate(1 day)' }),
    ).rejects.toMatchObject({ message: 'ScheduleExpression is supported only on the default event bus.' });
  });
});
