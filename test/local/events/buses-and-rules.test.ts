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

describe('Buses and rules', () => {
  it('Buses and rules of a template have the ids and ARNs of CloudFormation', async () => {
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
    expect(physicalId).toMatch(/^stack-Thing-[A-Z2-7]{12}$/);
  });

  it('Buses and rules survive a restart', async () => {
    await events.call('CreateEventBus', { Name: 'b' });
    await putRule(events, { Arn: ARNS.queue, RetryPolicy: { MaximumRetryAttempts: 2 } });
    await events.close();
    events = await openTestEvents(context);
    expect(await events.call('ListEventBuses', {})).toMatchObject({
      EventBuses: [{ Name: 'b' }, { Name: 'default' }],
    });
    expect(await events.call('ListTargetsByRule', { Rule: 'r' })).toEqual({
      Targets: [{ Id: 't', Arn: ARNS.queue, RetryPolicy: { MaximumRetryAttempts: 2 } }],
    });
    await events.call('PutEvents', { Entries: [ENTRY] });
    await until(() => events.received.length === 1);
  });

  it('`ListTagsForResource` returns the tags of buses and rules', async () => {
    const Tags = [{ Key: 'team', Value: 'a' }];
    const { EventBusArn } = await events.call('CreateEventBus', { Name: 'b', Tags });
    const rule = { Name: 'r', EventBusName: 'b', EventPattern: PATTERN };
    const { RuleArn } = await events.call('PutRule', { ...rule, Tags });
    await events.call('PutRule', { ...rule, Tags: [{ Key: 'team', Value: 'ignored' }] });
    await events.close();
    events = await openTestEvents(context);

    for (const ResourceARN of [EventBusArn, RuleArn]) {
      expect(await events.call('ListTagsForResource', { ResourceARN })).toEqual({ Tags });
    }
  });

  it('`ListTagsForResource` returns the tags of a template', async () => {
    const Tags = [{ Key: 'stack', Value: 's' }];
    const bus = await events.provide('AWS::Events::EventBus', { Name: 'b', Tags });
    const rule = await events.provide('AWS::Events::Rule', {
      Name: 'r',
      EventPattern: { source: ['x'] },
      Tags,
    });
    const untagged = await events.provide('AWS::Events::Rule', {
      Name: 'u',
      EventPattern: { source: ['x'] },
    });

    const tagsOf = ({ attributes }: typeof bus) =>
      events.call('ListTagsForResource', { ResourceARN: attributes['Arn'] });
    expect(await tagsOf(bus)).toEqual({ Tags });
    expect(await tagsOf(rule)).toEqual({ Tags });
    expect(await tagsOf(untagged)).toEqual({ Tags: [] });
  });

  it('`ListTagsForResource` refuses the ARN of a rule that does not exist', async () => {
    const ResourceARN = 'arn:aws:events:eu-central-1:123456789012:rule/none';
    await expect(events.call('ListTagsForResource', { ResourceARN })).rejects.toMatchObject({
      code: 'ResourceNotFoundException',
    });
  });

  it('`ListRules` returns pages', async () => {
    for (const name of ['a', 'b', 'c']) await events.call('PutRule', { Name: name, EventPattern: PATTERN });
    const first = await events.call('ListRules', { Limit: 2 });
    expect((first['Rules'] as { Name: string }[]).map(({ Name }) => Name)).toEqual(['a', 'b']);
    const second = await events.call('ListRules', { Limit: 2, NextToken: first['NextToken'] });
    expect(second).toMatchObject({ Rules: [{ Name: 'c', EventPattern: PATTERN, State: 'ENABLED' }] });
    expect(second).not.toHaveProperty('NextToken');
  });

  it('A bus with rules and a rule with targets cannot be deleted', async () => {
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
      /The local AWS delivers to/,
    ],
    [
      'a member that is not modelled',
      { Arn: ARNS.queue, SqsParameters: { MessageGroupId: 'g' } },
      /SqsParameters/,
    ],
    ['two inputs', { Arn: ARNS.queue, Input: '1', InputPath: '$' }, /Only one of Input/],
    ['an input that is no JSON', { Arn: ARNS.queue, Input: 'x' }, /JSON syntax error/],
    ['a path with a wildcard', { Arn: ARNS.queue, InputPath: '$.a[*]' }, /InputPath and InputPathsMap/],
    [
      'a template with an unknown name',
      { Arn: ARNS.queue, InputTransformer: { InputTemplate: '<x>' } },
      /Variable x/,
    ],
  ])('EventBridge refuses %s', async (_what, target, message) => {
    await expect(putRule(events, target)).rejects.toMatchObject({
      code: 'ValidationException',
      message: expect.stringMatching(message),
    });
  });

  it('`PutRule`, `TestEventPattern` and a rule of a template refuse the same patterns', async () => {
    const pattern = { detail: { n: [{ numeric: ['>', 5, '<', 1] }] } };
    const EventPattern = JSON.stringify(pattern);
    const Event = JSON.stringify({
      id: '1',
      'detail-type': 'x',
      source: 'mine',
      account: '1',
      time: 't',
      region: 'r',
    });
    const refusal = {
      code: 'InvalidEventPatternException',
      message: expect.stringMatching(/^Event pattern is not valid. Reason: Bottom must be less than top\n/),
    };
    await expect(events.call('PutRule', { Name: 'r', EventPattern })).rejects.toMatchObject(refusal);
    await expect(events.call('TestEventPattern', { EventPattern, Event })).rejects.toMatchObject(refusal);
    await expect(events.provide('AWS::Events::Rule', { EventPattern: pattern })).rejects.toMatchObject(
      refusal,
    );
  });

  it('`TestEventPattern` tests a pattern on an event, which needs no resources', async () => {
    const Event = JSON.stringify({
      id: '1',
      'detail-type': 'x',
      source: 'mine',
      account: '1',
      time: 't',
      region: 'r',
    });
    expect(await events.call('TestEventPattern', { EventPattern: PATTERN, Event })).toEqual({ Result: true });
    expect(await events.call('TestEventPattern', { EventPattern: '{"source":["x"]}', Event })).toEqual({
      Result: false,
    });
  });
});
