import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { openTestPlaceContext, type TestPlaceContext } from '../test-place-context.js';
import { ARNS, ENTRY, openTestEvents, type TestEvents, until } from './test-events.js';

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

describe('PutEvents', () => {
  it('`PutEvents` reports for each entry whether it was accepted', async () => {
    const answer = await events.call('PutEvents', {
      Entries: [
        ENTRY,
        { ...ENTRY, Source: 'aws.codebuild' },
        { ...ENTRY, Detail: '[1]' },
        { ...ENTRY, Detail: '{' },
        { ...ENTRY, Source: undefined },
        { ...ENTRY, DetailType: '' },
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
    ['eleven entries', Array.from({ length: 11 }, () => ENTRY)],
    ['too much', [{ ...ENTRY, Detail: JSON.stringify({ x: 'x'.repeat(300_000) }) }]],
    ['an unknown member', [{ ...ENTRY, Priority: 1 }]],
  ])('`PutEvents` refuses a request with %s', async (_what, Entries) => {
    await expect(events.call('PutEvents', { Entries })).rejects.toMatchObject({
      code: 'ValidationException',
    });
  });

  it('Services of the local AWS send events with the source aws', async () => {
    await events.call('PutRule', { Name: 'r', EventPattern: '{"source":["aws.states"]}' });
    await events.call('PutTargets', { Rule: 'r', Targets: [{ Id: 't', Arn: ARNS.queue }] });
    const id = await events.send({ source: 'aws.states', detailType: 'x', detail: '{}' });
    await until(() => events.received.length === 1);
    expect(JSON.parse(events.received[0]?.body ?? '').id).toBe(id);
  });

  it('An event for a bus that does not exist is reported as a problem', async () => {
    const answer = await events.call('PutEvents', { Entries: [{ ...ENTRY, EventBusName: 'gone' }] });
    expect(answer['FailedEntryCount']).toBe(0);
    expect(context.problems.join()).toContain('bus gone');
  });
});
