import { randomUUID } from 'node:crypto';

import type { EventBridgeEvent } from 'aws-lambda';

import type { PlaceContext } from '../place-context.js';
import type { EventEntry } from '../ports.js';

/**
 * An event in the form that rules match and targets receive. Its time is in whole seconds.
 * @see https://docs.aws.amazon.com/eventbridge/latest/ref/overiew-event-structure.html
 */
export type BusEvent = Readonly<EventBridgeEvent<string, object>>;

/**
 * Returns the event for an entry of `PutEvents`. Adds an id, the account, the region and, unless the entry has one, the
 * time.
 */
export function eventOf(context: PlaceContext, entry: EventEntry): BusEvent {
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': entry.detailType,
    source: entry.source,
    account: context.account,
    time: wholeSeconds(entry.time ?? new Date(context.clock.now())),
    region: context.region,
    resources: [...(entry.resources ?? [])],
    detail: JSON.parse(entry.detail) as object,
  };
}

function wholeSeconds(time: Date): string {
  return time.toISOString().replace(/\.\d+Z$/, 'Z');
}
