import type {
  CreateLogStreamRequest,
  DeleteLogStreamRequest,
  DescribeLogStreamsRequest,
  FilterLogEventsRequest,
  GetLogEventsRequest,
  PutLogEventsRequest,
} from '@aws-sdk/client-cloudwatch-logs';

import type { PlaceContext } from '../place-context.js';
import type { JsonOperation } from '../wire/json-service.js';
import { filterLogEvents } from './filter-log-events.js';
import { getLogEvents } from './get-log-events.js';
import type { LogCatalogue, StreamRecord } from './log-catalogue.js';
import { groupNameOf, logGroupArn } from './log-group-arn.js';
import { pageAfter } from './name-page.js';
import { putLogEvents } from './put-log-events.js';
import { invalidParameter, knownMembersOnly, pageSize, requiredText } from './request-members.js';

/** What CloudWatch Logs does with log streams and their events. */
export function streamOperations(context: PlaceContext, catalogue: LogCatalogue) {
  return {
    async CreateLogStream(input: CreateLogStreamRequest) {
      knownMembersOnly('CreateLogStream', input, ['logGroupName', 'logStreamName']);
      const stream = requiredText(input, 'logStreamName');
      if (/[:*]/.test(stream) || stream.length > 512) {
        throw invalidParameter(
          `1 validation error detected: Value '${stream}' at 'logStreamName' failed to satisfy constraint: Member must satisfy regular expression pattern: [^:*]*`,
        );
      }
      await catalogue.createStream(requiredText(input, 'logGroupName'), stream);
      return undefined;
    },
    async DeleteLogStream(input: DeleteLogStreamRequest) {
      knownMembersOnly('DeleteLogStream', input, ['logGroupName', 'logStreamName']);
      await catalogue.deleteStream(requiredText(input, 'logGroupName'), requiredText(input, 'logStreamName'));
      return undefined;
    },
    async DescribeLogStreams(input: DescribeLogStreamsRequest) {
      return describeLogStreams(context, catalogue, input);
    },
    async PutLogEvents(input: PutLogEventsRequest) {
      return putLogEvents(catalogue, context.clock.now(), input);
    },
    async GetLogEvents(input: GetLogEventsRequest) {
      return getLogEvents(catalogue, input);
    },
    async FilterLogEvents(input: FilterLogEventsRequest) {
      return filterLogEvents(catalogue, input);
    },
  } satisfies Record<string, JsonOperation>;
}

const DESCRIBE_KNOWN = [
  'logGroupName',
  'logGroupIdentifier',
  'logStreamNamePrefix',
  'orderBy',
  'descending',
  'nextToken',
  'limit',
];

function describeLogStreams(
  context: PlaceContext,
  catalogue: LogCatalogue,
  input: DescribeLogStreamsRequest,
): object {
  knownMembersOnly('DescribeLogStreams', input, DESCRIBE_KNOWN);
  const group = groupNameOf(input);
  const { logStreamNamePrefix = '', orderBy = 'LogStreamName', descending = false } = input;
  if (orderBy === 'LastEventTime' && logStreamNamePrefix !== '') {
    throw invalidParameter('Cannot order by LastEventTime with a logStreamNamePrefix.');
  }
  if (orderBy !== 'LastEventTime' && orderBy !== 'LogStreamName') {
    throw invalidParameter(
      `1 validation error detected: Value '${String(orderBy)}' at 'orderBy' failed to satisfy constraint: Member must satisfy enum value set: [LogStreamName, LastEventTime]`,
    );
  }
  const found = catalogue.streams(group).filter(({ name }) => name.startsWith(logStreamNamePrefix));
  if (orderBy === 'LastEventTime') found.sort((left, right) => lastEvent(left) - lastEvent(right));
  if (descending) found.reverse();
  const { page, nextToken } = pageAfter(found, input.nextToken, pageSize(input.limit, 50));
  const arn = logGroupArn(context, group);
  return { logStreams: page.map((stream) => describeStream(arn, stream)), nextToken };
}

function lastEvent({ lastEventTimestamp, creationTime }: StreamRecord): number {
  return lastEventTimestamp ?? creationTime;
}

function describeStream(groupArn: string, stream: StreamRecord): object {
  const { group: _, name, ...rest } = stream;
  return { logStreamName: name, arn: `${groupArn}:log-stream:${name}`, ...rest };
}
