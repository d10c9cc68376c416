import { randomUUID } from 'node:crypto';

import type { EventBridgeEvent } from 'aws-lambda';

import type { PlaceContext } from '../place-context.js';
import type { EventEntry } from '../ports.js';

/**
 * An event as rules compare it and targets receive it. Its time is in whole seconds.
 * @see https://docs.aws.amazon.com/eventbridge/latest/ref/overiew-event-structure.html
 */
export type BusEvent = Readonly<EventBridgeEvent<string, object>>;

/**
 * Returns the event for an entry of `PutEvents`. Adds an id, the account and the region, and the current time if the
 * entry has no time.
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
