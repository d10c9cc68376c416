import { createHash } from 'node:crypto';

import type { FilterLogEventsRequest } from '@aws-sdk/client-cloudwatch-logs';

import { parseFilterPattern } from './filter-pattern.js';
import { PAGE_MAX_BYTES, PAGE_MAX_EVENTS } from './get-log-events.js';
import type { LogCatalogue } from './log-catalogue.js';
import { groupNameOf } from './log-group-arn.js';
import { invalidParameter, knownMembersOnly, pageSize } from './request-members.js';
import { EVENT_OVERHEAD_BYTES, type StreamFile } from './stream-file.js';
import type { IndexEntry } from './stream-index.js';

const KNOWN = [
  'logGroupName',
  'logGroupIdentifier',
  'logStreamNames',
  'logStreamNamePrefix',
  'startTime',
  'endTime',
  'filterPattern',
  'nextToken',
  'limit',
  'interleaved',
  'unmask',
];
/** Events looked at for one page; a page may therefore be empty and still have a token. */
const SCAN_MAX_EVENTS = 50_000;
const READ_AT_ONCE = 2_000;

interface Candidate {
  readonly entry: IndexEntry;
  readonly stream: string;
  readonly file: StreamFile;
}
/** Events lie by time, then stream, then arrival. */
type Place = readonly [timestamp: number, stream: string, arrival: number];

/** Events of a group's streams that match, interleaved by time. */
export async function filterLogEvents(
  catalogue: LogCatalogue,
  input: FilterLogEventsRequest,
): Promise<object> {
  knownMembersOnly('FilterLogEvents', input, KNOWN);
  const group = groupNameOf(input);
  const limit = pageSize(input.limit, PAGE_MAX_EVENTS);
  const matches = parseFilterPattern(input.filterPattern ?? undefined);
  const all = await candidates(catalogue, group, input);
  const scanned = all.slice(0, SCAN_MAX_EVENTS);

  const events: object[] = [];
  let bytes = 0;
  let seen: Candidate | undefined;
  scan: for (let from = 0; from < scanned.length; from += READ_AT_ONCE) {
    const block = scanned.slice(from, from + READ_AT_ONCE);
    const messages = await readMessages(block);
    for (const [number, candidate] of block.entries()) {
      const { message = '', ingestionTime } = messages[number] ?? {};
      if (matches(message)) {
        bytes += candidate.entry.messageBytes + EVENT_OVERHEAD_BYTES;
        if (events.length === limit || (bytes > PAGE_MAX_BYTES && events.length > 0)) break scan;
        const { timestamp } = candidate.entry;
        const eventId = eventIdOf(group, candidate);
        events.push({ logStreamName: candidate.stream, timestamp, message, ingestionTime, eventId });
      }
      seen = candidate;
    }
  }
  const nextToken = seen === undefined || seen === all.at(-1) ? undefined : formatPlace(placeOf(seen));
  return { events, searchedLogStreams: [], ...(nextToken && { nextToken }) };
}

async function candidates(
  catalogue: LogCatalogue,
  group: string,
  input: FilterLogEventsRequest,
): Promise<Candidate[]> {
  const after = input.nextToken ? parsePlace(input.nextToken) : undefined;
  const found: Candidate[] = [];
  for (const stream of streamNames(catalogue, group, input)) {
    const file = await catalogue.events(group, stream);
    const from = file.index.firstAt(Math.max(input.startTime ?? 0, after?.[0] ?? 0));
    for (let number = from; number < file.index.entries.length; number += 1) {
      const entry = file.index.entries[number];
      if (entry === undefined || (input.endTime !== undefined && entry.timestamp > input.endTime)) break;
      const candidate = { entry, stream, file };
      if (after === undefined || comparePlaces(placeOf(candidate), after) > 0) found.push(candidate);
    }
  }
  return found.sort((left, right) => comparePlaces(placeOf(left), placeOf(right)));
}

function streamNames(catalogue: LogCatalogue, group: string, input: FilterLogEventsRequest): string[] {
  const { logStreamNames, logStreamNamePrefix } = input;
  if (logStreamNames && logStreamNamePrefix) {
    throw invalidParameter('logStreamNamePrefix and logStreamNames are mutually exclusive parameters.');
  }
  if (logStreamNames) return [...new Set(logStreamNames)].map((name) => catalogue.stream(group, name).name);
  return catalogue
    .streams(group)
    .map(({ name }) => name)
    .filter((name) => name.startsWith(logStreamNamePrefix ?? ''));
}

async function readMessages(
  block: readonly Candidate[],
): Promise<{ message: string; ingestionTime: number }[]> {
  const byFile = new Map<StreamFile, [number: number, candidate: Candidate][]>();
  for (const numbered of block.entries()) {
    const { file } = numbered[1];
    const before = byFile.get(file);
    if (before === undefined) byFile.set(file, [numbered]);
    else before.push(numbered);
  }
  const messages: { message: string; ingestionTime: number }[] = [];
  for (const [file, numbered] of byFile) {
    const events = await file.read(numbered.map(([, { entry }]) => entry));
    numbered.forEach(([number], at) => {
      const event = events[at];
      if (event !== undefined) messages[number] = event;
    });
  }
  return messages;
}

function placeOf({ entry, stream }: Candidate): Place {
  return [entry.timestamp, stream, entry.arrival];
}

function comparePlaces(left: Place, right: Place): number {
  if (left[0] !== right[0]) return left[0] - right[0];
  if (left[1] !== right[1]) return left[1] < right[1] ? -1 : 1;
  return left[2] - right[2];
}

function formatPlace(place: Place): string {
  return Buffer.from(JSON.stringify(place)).toString('base64url');
}

function parsePlace(token: string): Place {
  try {
    const place = JSON.parse(Buffer.from(token, 'base64url').toString('utf8')) as unknown;
    if (Array.isArray(place) && place.length === 3) return place as unknown as Place;
  } catch {
    // Answered below, like any other token that is not ours.
  }
  throw invalidParameter('The specified nextToken is invalid.');
}

function eventIdOf(group: string, { entry, stream }: Candidate): string {
  const hash = createHash('sha256').update(`${group}:${stream}`).digest().readUIntBE(0, 6);
  const digits = (value: number, length: number): string => String(value).padStart(length, '0');
  return `${digits(entry.timestamp, 20)}${digits(hash, 18)}${digits(entry.arrival, 18)}`;
}
