import type { InputLogEvent, PutLogEventsRequest } from '@aws-sdk/client-cloudwatch-logs';

import type { LogLine } from '../ports.js';
import type { LogCatalogue } from './log-catalogue.js';
import { invalidParameter, knownMembersOnly, requiredText } from './request-members.js';
import { EVENT_OVERHEAD_BYTES } from './stream-file.js';

/** @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html */
const BATCH_MAX_EVENTS = 10_000;
const BATCH_MAX_BYTES = 1_048_576;
const OLDEST_MS = 14 * 24 * 60 * 60 * 1000;
const NEWEST_MS = 2 * 60 * 60 * 1000;

const KNOWN = ['logGroupName', 'logStreamName', 'logEvents', 'sequenceToken', 'entity'];

/** Takes a batch whole; events too old or too new are left out and named by number. */
export async function putLogEvents(
  catalogue: LogCatalogue,
  now: number,
  input: PutLogEventsRequest,
): Promise<object> {
  knownMembersOnly('PutLogEvents', input, KNOWN);
  const group = requiredText(input, 'logGroupName');
  const stream = requiredText(input, 'logStreamName');
  catalogue.stream(group, stream);
  const lines = checkBatch(input.logEvents ?? []);

  const tooOld = lines.filter(({ timestamp }) => timestamp < now - OLDEST_MS).length;
  const tooNew = lines.findIndex(({ timestamp }) => timestamp > now + NEWEST_MS);
  const taken = lines.slice(tooOld, tooNew === -1 ? undefined : tooNew);
  await catalogue.append(group, stream, taken);
  const rejected = {
    ...(tooOld > 0 && { tooOldLogEventEndIndex: tooOld }),
    ...(tooNew !== -1 && { tooNewLogEventStartIndex: tooNew }),
  };
  return {
    nextSequenceToken: '0'.repeat(56),
    ...(Object.keys(rejected).length > 0 && { rejectedLogEventsInfo: rejected }),
  };
}

function checkBatch(events: readonly InputLogEvent[]): LogLine[] {
  if (events.length === 0 || events.length > BATCH_MAX_EVENTS) {
    throw invalidParameter(
      `1 validation error detected: Value at 'logEvents' failed to satisfy constraint: Member must have length between 1 and ${BATCH_MAX_EVENTS}`,
    );
  }
  let bytes = 0;
  let latest = -Infinity;
  return events.map(({ timestamp, message }) => {
    if (typeof timestamp !== 'number' || typeof message !== 'string' || message === '') {
      throw invalidParameter('Log event message must not be null or empty and needs a timestamp.');
    }
    bytes += Buffer.byteLength(message) + EVENT_OVERHEAD_BYTES;
    if (bytes > BATCH_MAX_BYTES) {
      throw invalidParameter(`Upload too large: ${bytes} bytes exceeds limit of ${BATCH_MAX_BYTES}`);
    }
    if (timestamp < latest) {
      throw invalidParameter('Log events in a single PutLogEvents request must be in chronological order.');
    }
    latest = timestamp;
    return { timestamp, message };
  });
}
