import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { openTestPlaceContext, type TestPlaceContext } from '../test-place-context.js';
import { ARNS, ENTRY, PATTERN, openTestEvents, putRule, type TestEvents, until } from './test-events.js';

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

describe('Delivery of events', () => {
  it.each([ARNS.function, ARNS.queue])('An event is delivered whole to %s', async (arn) => {
    await putRule(events, { Arn: arn });
    const answer = await events.call('PutEvents', {
      Entries: [{ ...ENTRY, Resources: ['x'], Time: 1800000000.5 }],
    });
    await until(() => events.received.length === 1);
    const [{ EventId }] = answer['Entries'] as [{ EventId: string }];
    expect(events.received[0]?.to).toBe(arn);
    expect(Object.entries(JSON.parse(events.received[0]?.body ?? ''))).toEqual([
      ['version', '0'],
      ['id', EventId],
      ['detail-type', 'Thing'],
      ['source', 'mine'],
      ['account', '123456789012'],
      ['time', '2027-01-15T08:00:00Z'],
      ['region', 'eu-central-1'],
      ['resources', ['x']],
      ['detail', { n: 1, text: 'say "hi"' }],
    ]);
  });

  it('An event for a log group is written as a line', async () => {
    await putRule(events, { Arn: ARNS.logGroup });
    await events.call('PutEvents', { Entries: [ENTRY] });
    await until(() => events.received.length === 1);
    expect(events.received[0]?.to).toBe('/aws/events/seen');
    expect(JSON.parse(events.received[0]?.body ?? '')).toMatchObject({ source: 'mine' });
  });

  it('An event for a state machine starts an execution with a name of its own', async () => {
    await putRule(events, { Arn: ARNS.machine, InputPath: '$.detail' });
    await events.call('PutEvents', { Entries: [ENTRY] });
    await until(() => events.started.length === 1);
    expect(events.started[0]).toEqual({
      stateMachineArn: ARNS.machine,
      name: expect.stringMatching(/^[A-Za-z0-9_-]{73}$/),
      input: '{"n":1,"text":"say \\"hi\\""}',
    });
  });

  it('An event is sent on to another bus, but not to a third one', async () => {
    for (const name of ['second', 'third']) await events.call('CreateEventBus', { Name: name });
    const busArn = (name: string) => `arn:aws:events:eu-central-1:123456789012:event-bus/${name}`;
    await putRule(events, { Arn: busArn('second') });
    for (const [bus, arn] of [
      ['second', busArn('third')],
      ['second', ARNS.queue],
      ['third', ARNS.function],
    ] as const) {
      const name = arn.split(':')[2];
      await events.call('PutRule', { Name: name, EventBusName: bus, EventPattern: PATTERN });
      await events.call('PutTargets', { Rule: name, EventBusName: bus, Targets: [{ Id: 't', Arn: arn }] });
    }
    await events.call('PutEvents', { Entries: [ENTRY] });
    await until(() => events.received.length === 1);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(events.received.map(({ to }) => to)).toEqual([ARNS.queue]);
  });

  it.each<[string, object, string]>([
    ['a fixed input', { Input: '{"a":1}' }, '{"a":1}'],
    ['a part of it', { InputPath: '$.detail.n' }, '1'],
    ['a part by a dashed name', { InputPath: '$.detail-type' }, '"Thing"'],
    [
      'a template with values as JSON',
      {
        InputTransformer: {
          InputPathsMap: { d: '$.detail', t: '$.detail.text' },
          InputTemplate: '{"d":<d>,"t":<t>}',
        },
      },
      '{"d":{"n":1,"text":"say \\"hi\\""},"t":"say \\"hi\\""}',
    ],
    [
      'a template with values in text',
      {
        InputTransformer: {
          InputPathsMap: { t: '$.detail.text', n: '$.detail.n' },
          InputTemplate: '"n=<n> t=<t>"',
        },
      },
      '"n=1 t=say \\"hi\\""',
    ],
    [
      'a template with a missing value',
      { InputTransformer: { InputPathsMap: { g: '$.detail.gone' }, InputTemplate: '{"g":<g>,"s":"<g>"}' } },
      '{"g":null,"s":""}',
    ],
    [
      'a template with the rule',
      { InputTransformer: { InputTemplate: '{"r":<aws.events.rule-name>}' } },
      '{"r":"r"}',
    ],
  ])('A target can receive an event as %s', async (_what, how, expected) => {
    await putRule(events, { Arn: ARNS.queue, ...how });
    await events.call('PutEvents', { Entries: [ENTRY] });
    await until(() => events.received.length === 1);
    expect(events.received[0]?.body).toBe(expected);
  });

  it('A rule that is disabled, removed or on another bus receives no event', async () => {
    await putRule(events, { Arn: ARNS.queue });
    await events.call('CreateEventBus', { Name: 'other' });
    await events.call('PutEvents', { Entries: [{ ...ENTRY, EventBusName: 'other' }] });
    await events.call('DisableRule', { Name: 'r' });
    await events.call('PutEvents', { Entries: [ENTRY] });
    await events.call('EnableRule', { Name: 'r' });
    await events.call('PutEvents', { Entries: [{ ...ENTRY, DetailType: 'Last' }] });
    await until(() => events.received.length > 0);
    expect(events.received.map(({ body }) => JSON.parse(body)['detail-type'])).toEqual(['Last']);
  });
});
