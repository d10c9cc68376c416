import { z } from 'zod';

import { harmless, type InputOf } from '../wire/operation.js';
import type { LogCatalogue } from './log-catalogue.js';
import { groupNameOf } from './log-group-arn.js';
import { invalidToken, logStreamName, namedGroup, nextToken, pageLimit, time } from './members.js';
import { EVENT_OVERHEAD_BYTES } from './stream-file.js';
import type { IndexEntry } from './stream-index.js';
import {
  formatToken,
  parseToken,
  positionAfter,
  positionBefore,
  type Direction,
  type StreamPosition,
} from './stream-position.js';

/** @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_GetLogEvents.html */
export const PAGE_MAX_EVENTS = 10_000;
export const PAGE_MAX_BYTES = 1_048_576;

export const getLogEventsMembers = {
  ...namedGroup,
  logStreamName,
  startTime: time.optional(),
  endTime: time.optional(),
  nextToken,
  limit: pageLimit(PAGE_MAX_EVENTS),
  startFromHead: z.boolean().default(false),
  unmask: harmless(z.boolean(), 'nothing is masked here'),
};
type GetLogEventsInput = InputOf<typeof getLogEventsMembers>;

/**
 * Returns a page of events, and the tokens for the next page in both directions. If a direction has no more events,
 * its token is the same as that of the request.
 */
export async function getLogEvents(catalogue: LogCatalogue, input: GetLogEventsInput) {
  const stream = await catalogue.events(groupNameOf(input), input.logStreamName);
  const { entries } = stream.index;
  const low = input.startTime === undefined ? 0 : stream.index.firstAt(input.startTime);
  const high = input.endTime === undefined ? entries.length : stream.index.firstAt(input.endTime);
  const { direction, position } = whereToRead(input);

  const border = position === undefined ? undefined : stream.index.firstBehind(position);
  const from = direction === 'forward' ? Math.max(low, border ?? low) : low;
  const to = direction === 'backward' ? Math.min(high, border ?? high) : high;
  const page = takePage(entries, { from, to, direction, limit: input.limit });

  const first = page[0];
  const last = page.at(-1);
  const here = position ?? { timestamp: input.startTime ?? 0, rank: 0 };
  return {
    events: (await stream.read(page)).map(({ timestamp, ingestionTime, message }) => ({
      timestamp,
      ingestionTime,
      message,
    })),
    nextForwardToken: formatToken('forward', last === undefined ? here : positionAfter(last)),
    nextBackwardToken: formatToken('backward', first === undefined ? here : positionBefore(first)),
  };
}

function whereToRead({ nextToken: token, startFromHead }: GetLogEventsInput): {
  direction: Direction;
  position?: StreamPosition;
} {
  if (token === undefined) return { direction: startFromHead ? 'forward' : 'backward' };
  const parsed = parseToken(token);
  if (parsed === undefined) throw invalidToken();
  return parsed;
}

/**
 * Returns the entries of a page in ascending order: as many as fit, counted from the end at which reading starts.
 */
function takePage(
  entries: readonly IndexEntry[],
  range: { from: number; to: number; direction: Direction; limit: number },
): IndexEntry[] {
  const { from, to, direction, limit } = range;
  const step = direction === 'forward' ? 1 : -1;
  let bytes = 0;
  let taken = 0;
  const start = direction === 'forward' ? from : to - 1;
  for (let number = start; number >= from && number < to && taken < limit; number += step) {
    bytes += (entries[number]?.messageBytes ?? 0) + EVENT_OVERHEAD_BYTES;
    if (bytes > PAGE_MAX_BYTES && taken > 0) break;
    taken += 1;
  }
  return direction === 'forward'
    ? entries.slice(from, from + taken)
    : entries.slice(to - taken, Math.max(to, 0));
}
