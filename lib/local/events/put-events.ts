import type { PutEventsRequestEntry, PutEventsResultEntry } from '@aws-sdk/client-eventbridge';
import { z } from 'zod';

import type { EventEntry } from '../ports.js';
import { AwsError } from '../wire/aws-error.js';
import { isTooDeep } from '../wire/data-depth.js';
import { harmless, operation } from '../wire/operation.js';
import { invalid } from './members.js';

/** @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html */
const ENTRIES_MAX = 10;
const REQUEST_MAX_BYTES = 256 * 1024;

const entrySchema = z.strictObject({
  Source: z.string().optional(),
  DetailType: z.string().optional(),
  Detail: z.string().optional(),
  EventBusName: z.string().optional(),
  Resources: z.array(z.string()).optional(),
  Time: z.number().optional(),
  TraceHeader: harmless(z.string(), 'nothing is traced here'),
});
type WireEntry = z.output<typeof entrySchema>;

/** Returns the operation `PutEvents`, which accepts or refuses each entry separately. */
export function putEvents(send: (entry: EventEntry) => Promise<string>) {
  return operation({ Entries: z.array(entrySchema).min(1).max(ENTRIES_MAX) }, async ({ Entries }) => {
    const sizeBytes = Entries.reduce((sum, entry) => sum + sizeOf(entry), 0);
    if (sizeBytes > REQUEST_MAX_BYTES) {
      throw invalid('Total size of the entries in the request is over the limit.');
    }
    const results = await Promise.all(Entries.map((entry) => putEntry(entry, send)));
    return {
      FailedEntryCount: results.filter(({ ErrorCode }) => ErrorCode !== undefined).length,
      Entries: results,
    };
  });
}

async function putEntry(
  entry: WireEntry,
  send: (entry: EventEntry) => Promise<string>,
): Promise<PutEventsResultEntry> {
  try {
    return { EventId: await send(checkedEntry(entry)) };
  } catch (error) {
    if (!(error instanceof AwsError)) return { ErrorCode: 'InternalFailure', ErrorMessage: String(error) };
    return { ErrorCode: error.code, ErrorMessage: error.message };
  }
}

function checkedEntry(entry: WireEntry): EventEntry {
  const { Source, DetailType, Detail, EventBusName, Resources, Time } = entry;
  if (isBlank(Source)) throw missing('Source');
  if (isBlank(DetailType)) throw missing('DetailType');
  if (isBlank(Detail)) throw missing('Detail');
  if (Source.startsWith('aws.')) {
    throw new AwsError('NotAuthorizedForSourceException', 'Not authorized for the source.');
  }
  if (DetailType.length > 128)
    throw new AwsError('InvalidArgument', 'DetailType is longer than 128 characters.');
  if (!isJsonObject(Detail)) throw new AwsError('MalformedDetail', 'Detail is malformed.');
  return {
    source: Source,
    detailType: DetailType,
    detail: Detail,
    eventBusName: EventBusName,
    resources: Resources,
    time: Time === undefined ? undefined : new Date(Time * 1000),
  };
}

/**
 * Returns the size of an entry as EventBridge counts it.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevent-size.html
 */
function sizeOf({ Time, Source, DetailType, Detail, Resources }: WireEntry): number {
  const texts = [Source, DetailType, Detail, ...(Resources ?? [])];
  return texts.reduce((sum, text = '') => sum + Buffer.byteLength(text), Time === undefined ? 0 : 14);
}

function isBlank(text: string | undefined): text is undefined | '' {
  return text === undefined || text === '';
}

function missing(name: keyof PutEventsRequestEntry): AwsError {
  return new AwsError(
    'InvalidArgument',
    `Parameter ${name} is not valid. Reason: ${name} is a required argument.`,
  );
}

function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) && !isTooDeep(value);
  } catch {
    return false;
  }
}
