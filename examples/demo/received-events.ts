import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  FilterLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { EventBridgeClient, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';

export interface ReceivedEvent {
  readonly time: string;
  readonly detail: {
    readonly runId: string;
    readonly status: string;
    readonly failure?: { readonly code: string };
  };
}

const LOG_GROUP = '/aws/events/codeseeder-demo';

/** Creates a rule on the seedkit's bus that sends the events of runs to a log group. */
export async function subscribe(eventBus: string, account: string, region: string): Promise<void> {
  const events = new EventBridgeClient({});
  await new CloudWatchLogsClient({}).send(new CreateLogGroupCommand({ logGroupName: LOG_GROUP }));
  await events.send(
    new PutRuleCommand({
      Name: 'demo-runs',
      EventBusName: eventBus,
      EventPattern: JSON.stringify({ source: ['codeseeder'], 'detail-type': ['Run State Change'] }),
    }),
  );
  await events.send(
    new PutTargetsCommand({
      Rule: 'demo-runs',
      EventBusName: eventBus,
      Targets: [{ Id: 'log', Arn: `arn:aws:logs:${region}:${account}:log-group:${LOG_GROUP}` }],
    }),
  );
}

/** Returns the received events when there is one for each ended run, or after the timeout. */
export async function receivedEvents(terminalEvents: number, timeoutMs = 15_000): Promise<ReceivedEvent[]> {
  const logs = new CloudWatchLogsClient({});
  for (const deadlineMs = Date.now() + timeoutMs; ;) {
    const { events = [] } = await logs.send(new FilterLogEventsCommand({ logGroupName: LOG_GROUP }));
    const received = events.map((event) => JSON.parse(event.message ?? '{}') as ReceivedEvent);
    const ended = received.filter(({ detail }) => !['QUEUED', 'BUILDING'].includes(detail.status));
    if (ended.length >= terminalEvents || Date.now() > deadlineMs) return received;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
