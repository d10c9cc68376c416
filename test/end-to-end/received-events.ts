import { randomUUID } from 'node:crypto';

import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  paginateFilterLogEvents,
} from '@aws-sdk/client-cloudwatch-logs';
import { EventBridgeClient, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';

import {
  EVENT_SOURCE,
  type MapStateChange,
  type RunRefused,
  type RunStateChange,
} from '../../lib/contract/index.js';
import { faultsOfEvent } from '../event-schema.js';
import type { SharedSeedkit } from './local-seedkit.js';

/** Names of a rule and a log group that only this test file uses, because files share a seedkit. */
const RULE = `of-${randomUUID()}`;
const LOG_GROUP = `/aws/events/${RULE}`;

export interface Received {
  readonly 'detail-type': string;
  readonly source: string;
  readonly detail: RunStateChange & RunRefused & Pick<MapStateChange, 'total' | 'succeeded' | 'failed'>;
}

/** Adds a rule to the seedkit's bus that writes events to a log group. @param source sources of the events */
export async function subscribe(
  { outputs }: Pick<SharedSeedkit, 'outputs'>,
  source: readonly string[] = [EVENT_SOURCE],
): Promise<void> {
  const events = new EventBridgeClient({});
  const EventBusName = outputs['EventBus'];
  await new CloudWatchLogsClient({}).send(new CreateLogGroupCommand({ logGroupName: LOG_GROUP }));
  await events.send(
    new PutRuleCommand({
      Name: RULE,
      EventBusName,
      EventPattern: JSON.stringify({ source }),
    }),
  );
  const Arn = `arn:aws:logs:us-east-1:000000000000:log-group:${LOG_GROUP}`;
  await events.send(new PutTargetsCommand({ Rule: RULE, EventBusName, Targets: [{ Id: 'log', Arn }] }));
}

/** The events that were read so far, by their ids in the log. Tests read the log again and again while they wait. */
const known = new Map<string, Received>();

/**
 * Returns the events that the rule has received, in order. Throws if an event of codeseeder does not match its JSON
 * schema.
 */
export async function allReceived(): Promise<Received[]> {
  const client = new CloudWatchLogsClient({});
  const received: Received[] = [];
  for await (const { events = [] } of paginateFilterLogEvents({ client }, { logGroupName: LOG_GROUP })) {
    for (const { eventId = '', message = '{}' } of events) {
      const event = known.get(eventId) ?? checked(JSON.parse(message) as Received);
      known.set(eventId, event);
      received.push(event);
    }
  }
  return received;
}

/** Checks an event of codeseeder against its JSON schema. @throws Error that lists the faults */
function checked(event: Received): Received {
  if (event.source !== EVENT_SOURCE) return event;
  const faults = faultsOfEvent(event['detail-type'], event.detail);
  if (faults.length === 0) return event;
  throw new Error(`The event ${JSON.stringify(event)} breaks its schema: ${faults.join('; ')}`);
}

/** Waits for an event that matches, and returns the first one. */
export async function received(fits: (event: Received) => boolean): Promise<Received> {
  for (;;) {
    const found = (await allReceived()).find(fits);
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
