import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { AwsError } from '../../../lib/local/wire/aws-error.js';
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

const PATTERN = JSON.stringify({ source: ['mine'] });
const entry = { Source: 'mine', DetailType: 'Thing', Detail: '{"n":1,"text":"say \\"hi\\""}' };
const rule = async (target: object, on = events) => {
  await on.call('PutRule', { Name: 'r', EventPattern: PATTERN });
  await on.call('PutTargets', { Rule: 'r', Targets: [{ Id: 't', ...target }] });
};

describe('an event', () => {
  it.each([ARNS.function, ARNS.queue])('reaches %s whole', async (arn) => {
    await rule({ Arn: arn });
    const answer = await events.call('PutEvents', {
      Entries: [{ ...entry, Resources: ['x'], Time: 1800000000.5 }],
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

  it('is a line in a log group', async () => {
    await rule({ Arn: ARNS.logGroup });
    await events.call('PutEvents', { Entries: [entry] });
    await until(() => events.received.length === 1);
    expect(events.received[0]?.to).toBe('/aws/events/seen');
    expect(JSON.parse(events.received[0]?.body ?? '')).toMatchObject({ source: 'mine' });
  });

  it('starts an execution under a name of its own', async () => {
    await rule({ Arn: ARNS.machine, InputPath: '$.detail' });
    await events.call('PutEvents', { Entries: [entry] });
    await until(() => events.started.length === 1);
    expect(events.started[0]).toEqual({
      stateMachineArn: ARNS.machine,
      name: expect.stringMatching(/^[A-Za-z0-9_-]{73}$/),
      input: '{"n":1,"text":"say \\"hi\\""}',
    });
  });

  it('goes through another bus, and no further', async () => {
    for (const name of ['second', 'third']) await events.call('CreateEventBus', { Name: name });
    const busArn = (name: string) => `arn:aws:events:eu-central-1:123456789012:event-bus/${name}`;
    await rule({ Arn: busArn('second') });
    for (const [bus, arn] of [
      ['second', busArn('third')],
      ['second', ARNS.queue],
      ['third', ARNS.function],
    ] as const) {
      const name = arn.split(':')[2];
      await events.call('PutRule', { Name: name, EventBusName: bus, EventPattern: PATTERN });
      await events.call('PutTargets', { Rule: name, EventBusName: bus, Targets: [{ Id: 't', Arn: arn }] });
    }
    await events.call('PutEvents', { Entries: [entry] });
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
  ])('can be sent as %s', async (_what, how, expected) => {
    await rule({ Arn: ARNS.queue, ...how });
    await events.call('PutEvents', { Entries: [entry] });
    await until(() => events.received.length === 1);
    expect(events.received[0]?.body).toBe(expected);
  });

  it('does not reach a rule that is disabled, removed, or on another bus', async () => {
    await rule({ Arn: ARNS.queue });
    await events.call('CreateEventBus', { Name: 'other' });
    await events.call('PutEvents', { Entries: [{ ...entry, EventBusName: 'other' }] });
    await events.call('DisableRule', { Name: 'r' });
    await events.call('PutEvents', { Entries: [entry] });
    await events.call('EnableRule', { Name: 'r' });
    await events.call('PutEvents', { Entries: [{ ...entry, DetailType: 'Last' }] });
    await until(() => events.received.length > 0);
    expect(events.received.map(({ body }) => JSON.parse(body)['detail-type'])).toEqual(['Last']);
  });
});

describe('PutEvents', () => {
  it('tells of each entry whether it was taken', async () => {
    const answer = await events.call('PutEvents', {
      Entries: [
        entry,
        { ...entry, Source: 'aws.codebuild' },
        { ...entry, Detail: '[1]' },
        { ...entry, Detail: '{' },
        { ...entry, Source: undefined },
        { ...entry, DetailType: '' },
      ],
    });
    expect(answer['FailedEntryCount']).toBe(5);
    expect((answer['Entries'] as { ErrorCode?: string }[]).map(({ ErrorCode }) => ErrorCode)).toEqual([
      undefined,
      'NotAuthorizedForSourceException',
      'MalformedDetail',
      'MalformedDetail',
      'InvalidArgument',
      'InvalidArgument',
    ]);
  });

  it.each<[string, object[]]>([
    ['no entries', []],
    ['eleven entries', Array.from({ length: 11 }, () => entry)],
    ['too much', [{ ...entry, Detail: JSON.stringify({ x: 'x'.repeat(300_000) }) }]],
    ['an unknown member', [{ ...entry, Priority: 1 }]],
  ])('refuses %s as a whole', async (_what, Entries) => {
    await expect(events.call('PutEvents', { Entries })).rejects.toMatchObject({
      code: 'ValidationException',
    });
  });

  it('lets the services of the place speak as aws', async () => {
    await events.call('PutRule', { Name: 'r', EventPattern: '{"source":["aws.states"]}' });
    await events.call('PutTargets', { Rule: 'r', Targets: [{ Id: 't', Arn: ARNS.queue }] });
    const id = await events.send({ source: 'aws.states', detailType: 'x', detail: '{}' });
    await until(() => events.received.length === 1);
    expect(JSON.parse(events.received[0]?.body ?? '').id).toBe(id);
  });

  it('tells the owner of an event for a bus that does not exist', async () => {
    const answer = await events.call('PutEvents', { Entries: [{ ...entry, EventBusName: 'gone' }] });
    expect(answer['FailedEntryCount']).toBe(0);
    expect(context.problems.join()).toContain('bus gone');
  });
});

describe('a delivery that fails', () => {
  const failing = async (error: Error, target: object) => {
    await events.close();
    let attempts = 0;
    const clock = simulatedClock();
    const hasty = { ...context, clock };
    events = await openTestEvents(hasty, {
      functions: { invokeAsync: async () => Promise.reject((attempts++, error)) },
    });
    await rule({ Arn: ARNS.function, DeadLetterConfig: { Arn: ARNS.deadLetters }, ...target });
    await events.call('PutEvents', { Entries: [entry] });
    await until(() => events.received.length === 1);
    return { attempts, letter: events.received[0] };
  };

  it('is tried again as often as its policy says, then is a dead letter', async () => {
    const { attempts, letter } = await failing(new AwsError('ServiceException', 'busy', 500), {
      RetryPolicy: { MaximumRetryAttempts: 3 },
    });
    expect(attempts).toBe(4);
    expect(letter).toMatchObject({
      to: ARNS.deadLetters,
      attributes: {
        RULE_ARN: 'arn:aws:events:eu-central-1:123456789012:rule/r',
        TARGET_ARN: ARNS.function,
        ERROR_CODE: 'ServiceException',
        ERROR_MESSAGE: 'busy',
        EXHAUSTED_RETRY_CONDITION: 'MaximumRetryAttempts',
        RETRY_ATTEMPTS: '3',
      },
    });
    expect(JSON.parse(letter?.body ?? '')).toMatchObject({ source: 'mine' });
  });

  it('is given up when it grows too old', async () => {
    const { attempts, letter } = await failing(new AwsError('ServiceException', 'busy', 500), {
      RetryPolicy: { MaximumEventAgeInSeconds: 60 },
    });
    expect(attempts).toBeGreaterThan(3);
    expect(letter?.attributes?.['EXHAUSTED_RETRY_CONDITION']).toBe('MaximumEventAgeInSeconds');
  });

  it('is a dead letter at once when its target is gone', async () => {
    const { attempts } = await failing(new AwsError('ResourceNotFoundException', 'gone', 404), {});
    expect(attempts).toBe(1);
  });

  it('is made after the next start when the place stops meanwhile', async () => {
    await events.close();
    events = await openTestEvents(context, {
      functions: { invokeAsync: async () => Promise.reject(new AwsError('ServiceException', 'busy', 500)) },
    });
    await rule({ Arn: ARNS.function });
    await events.call('PutEvents', { Entries: [entry] });
    await events.close();
    events = await openTestEvents(context);
    await until(() => events.received.length === 1);
    expect(JSON.parse(events.received[0]?.body ?? '')).toMatchObject({ 'detail-type': 'Thing' });
  });
});

describe('a schedule', () => {
  it('fires every so often, with the rule as the resource', async () => {
    await events.close();
    const clock = simulatedClock(Date.parse('2030-01-01T00:00:00Z'));
    events = await openTestEvents({ ...context, clock });
    await events.provide('AWS::Events::Rule', {
      Name: 'every',
      ScheduleExpression: 'rate(5 minutes)',
      Targets: [{ Id: 't', Arn: ARNS.queue }],
    });
    await until(() => events.received.length >= 3);
    await events.close();
    const bodies = events.received.slice(0, 3).map(({ body }) => JSON.parse(body));
    expect(bodies.map(({ time }) => time)).toEqual([
      '2030-01-01T00:05:00Z',
      '2030-01-01T00:10:00Z',
      '2030-01-01T00:15:00Z',
    ]);
    expect(bodies[0]).toMatchObject({
      source: 'aws.events',
      'detail-type': 'Scheduled Event',
      resources: ['arn:aws:events:eu-central-1:123456789012:rule/every'],
      detail: {},
    });
  });

  it.each(['rate(5 minute)', 'rate(1 minutes)', 'rate(0 days)', 'every 5 minutes'])(
    'is refused as %s',
    async (text) => {
      await expect(events.call('PutRule', { Name: 'r', ScheduleExpression: text })).rejects.toMatchObject({
        code: 'ValidationException',
        message: 'Parameter ScheduleExpression is not valid.',
      });
    },
  );

  it('is refused on a bus other than the default', async () => {
    await events.call('CreateEventBus', { Name: 'b' });
    await expect(
      events.call('PutRule', { Name: 'r', EventBusName: 'b', ScheduleExpression: 'rate(1 day)' }),
    ).rejects.toMatchObject({ message: 'ScheduleExpression is supported only on the default event bus.' });
  });
});

describe('buses and rules', () => {
  it('of a template have the ids and ARNs that CloudFormation gives', async () => {
    expect(await events.provide('AWS::Events::EventBus', { Name: 'b', KmsKeyIdentifier: 'k' })).toEqual({
      physicalId: 'b',
      attributes: { Name: 'b', Arn: 'arn:aws:events:eu-central-1:123456789012:event-bus/b' },
    });
    expect(
      await events.provide('AWS::Events::Rule', {
        Name: 'r',
        EventBusName: 'b',
        EventPattern: { source: ['x'] },
      }),
    ).toEqual({
      physicalId: 'b|r',
      attributes: { Arn: 'arn:aws:events:eu-central-1:123456789012:rule/b/r' },
    });
    const { physicalId } = await events.provide('AWS::Events::Rule', { EventPattern: { source: ['x'] } });
    expect(physicalId).toMatch(/^stack-Thing-[0-9a-f]{12}$/);
  });

  it('survive a restart', async () => {
    await events.call('CreateEventBus', { Name: 'b' });
    await rule({ Arn: ARNS.queue, RetryPolicy: { MaximumRetryAttempts: 2 } });
    await events.close();
    events = await openTestEvents(context);
    expect(await events.call('ListEventBuses', {})).toMatchObject({
      EventBuses: [{ Name: 'b' }, { Name: 'default' }],
    });
    expect(await events.call('ListTargetsByRule', { Rule: 'r' })).toEqual({
      Targets: [{ Id: 't', Arn: ARNS.queue, RetryPolicy: { MaximumRetryAttempts: 2 } }],
    });
    await events.call('PutEvents', { Entries: [entry] });
    await until(() => events.received.length === 1);
  });

  it('are listed page by page', async () => {
    for (const name of ['a', 'b', 'c']) await events.call('PutRule', { Name: name, EventPattern: PATTERN });
    const first = await events.call('ListRules', { Limit: 2 });
    expect((first['Rules'] as { Name: string }[]).map(({ Name }) => Name)).toEqual(['a', 'b']);
    const second = await events.call('ListRules', { Limit: 2, NextToken: first['NextToken'] });
    expect(second).toMatchObject({ Rules: [{ Name: 'c', EventPattern: PATTERN, State: 'ENABLED' }] });
    expect(second).not.toHaveProperty('NextToken');
  });

  it('are deleted only when empty', async () => {
    await events.call('CreateEventBus', { Name: 'b' });
    await events.call('PutRule', { Name: 'r', EventBusName: 'b', EventPattern: PATTERN });
    await events.call('PutTargets', {
      Rule: 'r',
      EventBusName: 'b',
      Targets: [{ Id: 't', Arn: ARNS.queue }],
    });
    await expect(events.call('DeleteEventBus', { Name: 'b' })).rejects.toMatchObject({
      code: 'ValidationException',
    });
    await expect(events.call('DeleteRule', { Name: 'r', EventBusName: 'b' })).rejects.toMatchObject({
      message: "Rule can't be deleted since it has targets.",
    });
    await events.call('RemoveTargets', { Rule: 'r', EventBusName: 'b', Ids: ['t'] });
    await events.call('DeleteRule', { Name: 'r', EventBusName: 'b' });
    await events.call('DeleteEventBus', { Name: 'b' });
    await expect(events.call('DescribeEventBus', { Name: 'b' })).rejects.toMatchObject({
      code: 'ResourceNotFoundException',
      message: 'Event bus b does not exist.',
    });
  });

  it.each<[string, object, RegExp]>([
    [
      'a target of another service',
      { Arn: 'arn:aws:sns:eu-central-1:123456789012:topic' },
      /the local place delivers to/,
    ],
    [
      'a member that is not modelled',
      { Arn: ARNS.queue, SqsParameters: { MessageGroupId: 'g' } },
      /SqsParameters/,
    ],
    ['two inputs', { Arn: ARNS.queue, Input: '1', InputPath: '$' }, /Only one of Input/],
    ['an input that is no JSON', { Arn: ARNS.queue, Input: 'x' }, /JSON syntax error/],
    ['a path with a wildcard', { Arn: ARNS.queue, InputPath: '$.a[*]' }, /path/],
    [
      'a template with an unknown name',
      { Arn: ARNS.queue, InputTransformer: { InputTemplate: '<x>' } },
      /Variable x/,
    ],
  ])('refuse %s', async (_what, target, message) => {
    await expect(rule(target)).rejects.toMatchObject({
      code: 'ValidationException',
      message: expect.stringMatching(message),
    });
  });

  it('try a pattern on an event', async () => {
    const Event = JSON.stringify({
      id: '1',
      'detail-type': 'x',
      source: 'mine',
      account: '1',
      time: 't',
      region: 'r',
      resources: [],
    });
    expect(await events.call('TestEventPattern', { EventPattern: PATTERN, Event })).toEqual({ Result: true });
    expect(await events.call('TestEventPattern', { EventPattern: '{"source":["x"]}', Event })).toEqual({
      Result: false,
    });
  });
});
