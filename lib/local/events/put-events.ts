import type { PutEventsRequestEntry, PutEventsResultEntry } from '@aws-sdk/client-eventbridge';
import { z } from 'zod';

import type { EventEntry } from '../ports.js';
import { isTooDeep } from '../wire/data-depth.js';
import { AwsError } from '../wire/aws-error.js';

/** @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html */
const ENTRIES_MAX = 10;
const REQUEST_MAX_BYTES = 256 * 1024;

const requestSchema = z.strictObject({
  Entries: z.array(
    z.strictObject({
      Source: z.string().optional(),
      DetailType: z.string().optional(),
      Detail: z.string().optional(),
      EventBusName: z.string().optional(),
      Resources: z.array(z.string()).nullish(),
      Time: z.number().optional(),
      TraceHeader: z.string().optional(),
    }),
  ),
});

type WireEntry = z.output<typeof requestSchema>['Entries'][number];

/**
 * Puts a caller's events; each entry is taken or refused by itself.
 * @throws AwsError `ValidationException` for the request as a whole
 */
export async function putEvents(
  input: unknown,
  send: (entry: EventEntry) => Promise<string>,
): Promise<{ FailedEntryCount: number; Entries: PutEventsResultEntry[] }> {
  const entries = parseEntries(input);
  const results = await Promise.all(entries.map((entry) => putEntry(entry, send)));
  return {
    FailedEntryCount: results.filter(({ ErrorCode }) => ErrorCode !== undefined).length,
    Entries: results,
  };
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

function parseEntries(input: unknown): WireEntry[] {
  const parsed = requestSchema.safeParse(input);
  if (!parsed.success) throw new AwsError('ValidationException', z.prettifyError(parsed.error));
  const { Entries } = parsed.data;
  if (Entries.length === 0 || Entries.length > ENTRIES_MAX) {
    const [bound, limit] = Entries.length === 0 ? ['greater', 1] : ['less', ENTRIES_MAX];
    throw new AwsError(
      'ValidationException',
      `1 validation error detected: Value at 'entries' failed to satisfy constraint: Member must have length ${bound} than or equal to ${limit}`,
    );
  }
  const sizeBytes = Entries.reduce((sum, entry) => sum + sizeOf(entry), 0);
  if (sizeBytes > REQUEST_MAX_BYTES) {
    throw new AwsError('ValidationException', 'Total size of the entries in the request is over the limit.');
  }
  return Entries;
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
    ...(EventBusName === undefined ? {} : { eventBusName: EventBusName }),
    ...(Resources === undefined || Resources === null ? {} : { resources: Resources }),
    ...(Time === undefined ? {} : { time: new Date(Time * 1000) }),
  };
}

/** @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevent-size.html */
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
