import { z } from 'zod';

import type { PlaceContext } from '../place-context.js';
import { type InputOf, operation } from '../wire/operation.js';
import { page } from '../wire/page.js';
import { filterLogEvents, filterLogEventsMembers } from './filter-log-events.js';
import { getLogEvents, getLogEventsMembers } from './get-log-events.js';
import type { LogCatalogue, StreamRecord } from './log-catalogue.js';
import { groupNameOf, logGroupArn } from './log-group-arn.js';
import {
  invalidParameter,
  invalidToken,
  logGroupName,
  logStreamName,
  namedGroup,
  nextToken,
  pageLimit,
} from './members.js';
import { putLogEvents, putLogEventsMembers } from './put-log-events.js';

/** Returns the operations on log streams and their events. */
export function streamOperations(context: PlaceContext, catalogue: LogCatalogue) {
  return {
    CreateLogStream: operation({ logGroupName, logStreamName }, (input) =>
      catalogue.createStream(input.logGroupName, input.logStreamName),
    ),
    DeleteLogStream: operation({ logGroupName, logStreamName }, (input) =>
      catalogue.deleteStream(input.logGroupName, input.logStreamName),
    ),
    DescribeLogStreams: operation(describeMembers, async (input) =>
      describeLogStreams(context, catalogue, input),
    ),
    PutLogEvents: operation(putLogEventsMembers, (input) =>
      putLogEvents(catalogue, context.clock.now(), input),
    ),
    GetLogEvents: operation(getLogEventsMembers, (input) => getLogEvents(catalogue, input)),
    FilterLogEvents: operation(filterLogEventsMembers, (input) => filterLogEvents(catalogue, input)),
  };
}

const describeMembers = {
  ...namedGroup,
  logStreamNamePrefix: z.string().optional(),
  orderBy: z.enum(['LogStreamName', 'LastEventTime']).default('LogStreamName'),
  descending: z.boolean().default(false),
  nextToken,
  limit: pageLimit(50),
};

function describeLogStreams(
  context: PlaceContext,
  catalogue: LogCatalogue,
  input: InputOf<typeof describeMembers>,
): object {
  const { logStreamNamePrefix: prefix, orderBy, descending } = input;
  if (orderBy === 'LastEventTime' && prefix !== undefined) {
    throw invalidParameter('Cannot order by LastEventTime with a logStreamNamePrefix.');
  }
  const group = groupNameOf(input);
  const found = catalogue.streams(group).filter(({ name }) => name.startsWith(prefix ?? ''));
  const key = orderBy === 'LastEventTime' ? byLastEvent : byName;
  found.sort((left, right) => (key(left) < key(right) ? -1 : 1));
  const order = descending ? 'descending' : 'ascending';
  const options = { order, token: input.nextToken, limit: input.limit, invalidToken } as const;
  const { items, nextToken: token } = page(descending ? found.reverse() : found, key, options);
  const arn = logGroupArn(context, group);
  return { logStreams: items.map((stream) => describeStream(arn, stream)), nextToken: token };
}

function byName({ name }: StreamRecord): string {
  return name;
}

function byLastEvent({ name, lastEventTimestamp, creationTime }: StreamRecord): string {
  return `${String(lastEventTimestamp ?? creationTime).padStart(20, '0')} ${name}`;
}

function describeStream(groupArn: string, stream: StreamRecord): object {
  const { group: _, name, ...rest } = stream;
  return { logStreamName: name, arn: `${groupArn}:log-stream:${name}`, ...rest };
}
