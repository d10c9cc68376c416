import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { holdWrites } from '../held-write.js';
import { simulatedClock, type SimulatedClock } from '../simulated-clock.js';
import { openTestPlaceContext, type TestPlaceContext } from '../test-place-context.js';
import { ARNS, openTestEvents, PATTERN, type TestEvents } from './test-events.js';

const RULE = { Name: 'r', EventPattern: PATTERN };
const target = (Id: string) => ({ Rule: 'r', Targets: [{ Id, Arn: ARNS.queue }] });

let clock: SimulatedClock;
let context: TestPlaceContext;
let events: TestEvents;
let duringNextWrite: ReturnType<typeof holdWrites>['duringNextWrite'];

beforeEach(async () => {
  clock = simulatedClock();
  context = await openTestPlaceContext({ clock });
  const held = holdWrites(context.store);
  ({ duringNextWrite } = held);
  events = await openTestEvents({ ...context, store: held.store });
});
afterEach(async () => {
  await events.close();
  await context.dispose();
});

/** Closes EventBridge and opens it with what is stored. */
async function restart(): Promise<void> {
  await events.close();
  events = await openTestEvents(context);
}

describe('EventBridge', () => {
  it('Two calls of `PutTargets` at the same time add both targets', async () => {
    await events.call('PutRule', RULE);
    const second = duringNextWrite('events-rules', () => events.call('PutTargets', target('b')));
    await events.call('PutTargets', target('a'));
    await second;
    await restart();
    expect(await events.call('ListTargetsByRule', { Rule: 'r' })).toMatchObject({
      Targets: [{ Id: 'a' }, { Id: 'b' }],
    });
  });

  it('A target that is removed while another is added stays removed', async () => {
    await events.call('PutRule', RULE);
    await events.call('PutTargets', target('a'));
    const removal = duringNextWrite('events-rules', () =>
      events.call('RemoveTargets', { Rule: 'r', Ids: ['a'] }),
    );
    await events.call('PutTargets', target('b'));
    await removal;
    expect(await events.call('ListTargetsByRule', { Rule: 'r' })).toMatchObject({ Targets: [{ Id: 'b' }] });
  });

  it('A rule that is deleted while it is disabled stays deleted', async () => {
    await events.call('PutRule', RULE);
    const deletion = duringNextWrite('events-rules', () => events.call('DeleteRule', { Name: 'r' }));
    await events.call('DisableRule', { Name: 'r' });
    await deletion;
    await restart();
    expect(await events.call('ListRules', {})).toMatchObject({ Rules: [] });
  });

  it('A rule is not deleted when it gets a target meanwhile', async () => {
    await events.call('PutRule', RULE);
    const deletion = duringNextWrite('events-rules', () => events.call('DeleteRule', { Name: 'r' }));
    await events.call('PutTargets', target('a'));
    await expect(deletion).rejects.toMatchObject({ message: "Rule can't be deleted since it has targets." });
    await restart();
    expect(await events.call('ListTargetsByRule', { Rule: 'r' })).toMatchObject({ Targets: [{ Id: 'a' }] });
  });

  it('A target is refused for a rule that is deleted meanwhile', async () => {
    await events.call('PutRule', RULE);
    const put = duringNextWrite('events-rules', () => events.call('PutTargets', target('a')));
    await events.call('DeleteRule', { Name: 'r' });
    await expect(put).rejects.toMatchObject({ code: 'ResourceNotFoundException' });
    expect(await events.call('ListRules', {})).toMatchObject({ Rules: [] });
  });

  it('An event bus that gets a rule while it is deleted refuses the rule', async () => {
    await events.call('CreateEventBus', { Name: 'team' });
    const rule = duringNextWrite('events-buses', () =>
      events.call('PutRule', { ...RULE, EventBusName: 'team' }),
    );
    await events.call('DeleteEventBus', { Name: 'team' });
    await expect(rule).rejects.toMatchObject({ code: 'ResourceNotFoundException' });
  });

  it('An event bus that is created twice at the same time is created once', async () => {
    const second = duringNextWrite('events-buses', () => events.call('CreateEventBus', { Name: 'team' }));
    await events.call('CreateEventBus', { Name: 'team' });
    await expect(second).rejects.toMatchObject({ code: 'ResourceAlreadyExistsException' });
  });

  it('An event bus that is changed keeps its time of creation', async () => {
    const [provider] = events.resourceProviders;
    const created = await events.provide('AWS::Events::EventBus', { Name: 'team' });
    const CreationTime = clock.now() / 1000;
    await clock.sleep(60_000);
    const properties = { Name: 'team', Description: 'of the team' };
    await provider?.update(created, { stackName: 'stack', logicalId: 'Thing', properties });
    expect(await events.call('DescribeEventBus', { Name: 'team' })).toMatchObject({
      Description: 'of the team',
      CreationTime,
      LastModifiedTime: CreationTime + 60,
    });
  });
});
