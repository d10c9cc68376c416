import {
  CreateEventBusCommand,
  DescribeEventBusCommand,
  EventBridgeClient,
  ListRulesCommand,
  ListTargetsByRuleCommand,
  PutEventsCommand,
  PutRuleCommand,
  PutTargetsCommand,
} from '@aws-sdk/client-eventbridge';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { startServer } from '../../../lib/local/server/start-server.js';
import { openTestPlaceContext, type TestPlaceContext } from '../test-place-context.js';
import { ARNS, openTestEvents, type TestEvents, until } from './test-events.js';

let context: TestPlaceContext;
let events: TestEvents;
let server: Awaited<ReturnType<typeof startServer>>;
let client: EventBridgeClient;

beforeAll(async () => {
  context = await openTestPlaceContext();
  events = await openTestEvents(context);
  server = await startServer({ context, services: [events.service], port: 0 });
  const { region, credentials } = context;
  client = new EventBridgeClient({
    region,
    credentials,
    endpoint: `http://127.0.0.1:${server.port}`,
    maxAttempts: 1,
  });
});
afterAll(async () => {
  client.destroy();
  await server.close();
  await events.close();
  await context.dispose();
});

describe('The EventBridge client', () => {
  it('The EventBridge client creates a bus and a rule, and its event is delivered', async () => {
    const bus = { EventBusName: 'mine' };
    await client.send(new CreateEventBusCommand({ Name: 'mine' }));
    const described = await client.send(new DescribeEventBusCommand({ Name: 'mine' }));
    expect(described).toMatchObject({ Name: 'mine', CreationTime: expect.any(Date) });
    await client.send(
      new PutRuleCommand({ ...bus, Name: 'r', EventPattern: '{"detail":{"n":[{"numeric":[">",1]}]}}' }),
    );
    await client.send(new PutTargetsCommand({ ...bus, Rule: 'r', Targets: [{ Id: 't', Arn: ARNS.queue }] }));
    expect((await client.send(new ListTargetsByRuleCommand({ ...bus, Rule: 'r' }))).Targets).toEqual([
      { Id: 't', Arn: ARNS.queue },
    ]);
    const Time = new Date('2026-05-04T03:02:01Z');
    const answer = await client.send(
      new PutEventsCommand({
        Entries: [1, 2].map((n) => ({
          ...bus,
          Time,
          Source: 's',
          DetailType: 'd',
          Detail: JSON.stringify({ n }),
        })),
      }),
    );
    expect(answer).toMatchObject({ FailedEntryCount: 0, Entries: [{ EventId: expect.any(String) }, {}] });
    await until(() => events.received.length === 1);
    expect(JSON.parse(events.received[0]?.body ?? '')).toMatchObject({
      id: answer.Entries?.[1]?.EventId,
      time: '2026-05-04T03:02:01Z',
      detail: { n: 2 },
    });
  });

  it('The EventBridge client receives the error codes of the service', async () => {
    const put = client.send(new PutRuleCommand({ Name: 'r', EventPattern: '{"a":1}' }));
    await expect(put).rejects.toMatchObject({ name: 'InvalidEventPatternException' });
    const missing = client.send(new DescribeEventBusCommand({ Name: 'gone' }));
    await expect(missing).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });

  it('The EventBridge client puts a rule with a cron schedule, and a wrong expression is refused in the words of AWS', async () => {
    const ScheduleExpression = 'cron(0 18 ? * MON-FRI *)';
    await client.send(new PutRuleCommand({ Name: 'evenings', ScheduleExpression }));
    const { Rules } = await client.send(new ListRulesCommand({ NamePrefix: 'evenings' }));
    expect(Rules).toMatchObject([{ Name: 'evenings', ScheduleExpression }]);
    await expect(
      client.send(new PutRuleCommand({ Name: 'wrong', ScheduleExpression: 'cron(0 18 * * MON-FRI *)' })),
    ).rejects.toMatchObject({
      name: 'ValidationException',
      message: 'Parameter ScheduleExpression is not valid.',
    });
  });
});
