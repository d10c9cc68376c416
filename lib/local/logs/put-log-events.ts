import { z } from 'zod';

import type { LogLine } from '../ports.js';
import { harmless, type InputOf } from '../wire/operation.js';
import type { LogCatalogue } from './log-catalogue.js';
import { invalidParameter, logGroupName, logStreamName } from './members.js';
import { EVENT_OVERHEAD_BYTES } from './stream-file.js';

/** @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html */
const BATCH_MAX_EVENTS = 10_000;
const BATCH_MAX_BYTES = 1_048_576;
const OLDEST_MS = 14 * 24 * 60 * 60 * 1000;
const NEWEST_MS = 2 * 60 * 60 * 1000;

export const putLogEventsMembers = {
  logGroupName,
  logStreamName,
  logEvents: z
    .array(z.strictObject({ timestamp: z.number(), message: z.string().min(1) }))
    .min(1)
    .max(BATCH_MAX_EVENTS),
  sequenceToken: harmless(z.string(), 'AWS ignores it, too'),
  entity: harmless(z.looseObject({}), 'it is for the correlation of telemetry in the console'),
};

/** Stores a batch. Leaves out events that are too old or too new, and returns their indexes. */
export async function putLogEvents(
  catalogue: LogCatalogue,
  now: number,
  input: InputOf<typeof putLogEventsMembers>,
) {
  const { logGroupName: group, logStreamName: stream, logEvents } = input;
  catalogue.stream(group, stream);
  checkBatch(logEvents);
  const tooOld = logEvents.filter(({ timestamp }) => timestamp < now - OLDEST_MS).length;
  const tooNew = logEvents.findIndex(({ timestamp }) => timestamp > now + NEWEST_MS);
  await catalogue.append(group, stream, logEvents.slice(tooOld, tooNew === -1 ? undefined : tooNew));
  const rejected = {
    tooOldLogEventEndIndex: tooOld > 0 ? tooOld : undefined,
    tooNewLogEventStartIndex: tooNew === -1 ? undefined : tooNew,
  };
  return {
    nextSequenceToken: '0'.repeat(56),
    rejectedLogEventsInfo: tooOld > 0 || tooNew !== -1 ? rejected : undefined,
  };
}

function checkBatch(events: readonly LogLine[]): void {
  const bytes = events.reduce(
    (sum, { message }) => sum + Buffer.byteLength(message) + EVENT_OVERHEAD_BYTES,
    0,
  );
  if (bytes > BATCH_MAX_BYTES) {
    throw invalidParameter(`Upload too large: ${bytes} bytes exceeds limit of ${BATCH_MAX_BYTES}`);
  }
  if (events.some(({ timestamp }, number) => timestamp < (events[number - 1]?.timestamp ?? -Infinity))) {
    throw invalidParameter('Log events in a single PutLogEvents request must be in chronological order.');
  }
}
