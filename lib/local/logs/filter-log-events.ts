import { createHash } from 'node:crypto';

import { z } from 'zod';

import { harmless, type InputOf } from '../wire/operation.js';
import { keyOfToken, pageToken } from '../wire/page.js';
import { parseFilterPattern, type MessageFilter } from './filter-pattern.js';
import { PAGE_MAX_BYTES, PAGE_MAX_EVENTS } from './get-log-events.js';
import type { LogCatalogue } from './log-catalogue.js';
import { groupNameOf } from './log-group-arn.js';
import {
  invalidParameter,
  invalidToken,
  logStreamName,
  namedGroup,
  nextToken,
  pageLimit,
  time,
} from './members.js';
import { EVENT_OVERHEAD_BYTES, type StoredEvent, type StreamFile } from './stream-file.js';
import type { IndexEntry } from './stream-index.js';

export const filterLogEventsMembers = {
  ...namedGroup,
  logStreamNames: z.array(logStreamName).min(1).max(100).optional(),
  logStreamNamePrefix: z.string().optional(),
  startTime: time.default(0),
  endTime: time.default(Infinity),
  filterPattern: z.string().max(1024).default(''),
  nextToken,
  limit: pageLimit(PAGE_MAX_EVENTS),
  interleaved: harmless(z.boolean(), 'events are always interleaved, as in AWS'),
  unmask: harmless(z.boolean(), 'nothing is masked here'),
};
type FilterLogEventsInput = InputOf<typeof filterLogEventsMembers>;

/**
 * Maximum number of events that are searched for one page. A page may therefore be empty although it has a token for
 * the next page.
 */
const SCAN_MAX_EVENTS = 50_000;
const READ_AT_ONCE = 2_000;

/** An event that may match. Its message has not been read yet. */
interface Candidate {
  readonly entry: IndexEntry;
  readonly stream: string;
  readonly file: StreamFile;
}
/** Position of an event in its group: events are sorted by time, then by stream, then by arrival. */
type Position = readonly [timestamp: number, stream: string, arrival: number];

/** Returns the matching events of a group's streams, sorted by time. */
export async function filterLogEvents(catalogue: LogCatalogue, input: FilterLogEventsInput) {
  const group = groupNameOf(input);
  const matches = parseFilterPattern(input.filterPattern);
  const all = await findCandidates(catalogue, group, input);
  const { found, searched } = await search(all.slice(0, SCAN_MAX_EVENTS), matches, input.limit);
  const last = all[searched - 1];
  return {
    events: found.map(([candidate, { message, ingestionTime }]) => ({
      logStreamName: candidate.stream,
      timestamp: candidate.entry.timestamp,
      message,
      ingestionTime,
      eventId: eventIdOf(group, candidate),
    })),
    searchedLogStreams: [],
    nextToken: last === undefined || searched === all.length ? undefined : tokenOf(last),
  };
}

/** Searches events until a page is full. `searched` is the number of events that the next page can skip. */
async function search(candidates: readonly Candidate[], matches: MessageFilter, limit: number) {
  const found: [Candidate, StoredEvent][] = [];
  let bytes = 0;
  let searched = 0;
  for (let from = 0; from < candidates.length; from += READ_AT_ONCE) {
    const block = candidates.slice(from, from + READ_AT_ONCE);
    const events = await readEvents(block);
    for (const [number, candidate] of block.entries()) {
      const event = events[number];
      if (event !== undefined && matches(event.message)) {
        bytes += candidate.entry.messageBytes + EVENT_OVERHEAD_BYTES;
        const isFull = found.length === limit || (bytes > PAGE_MAX_BYTES && found.length > 0);
        if (isFull) return { found, searched };
        found.push([candidate, event]);
      }
      searched += 1;
    }
  }
  return { found, searched };
}

async function findCandidates(
  catalogue: LogCatalogue,
  group: string,
  input: FilterLogEventsInput,
): Promise<Candidate[]> {
  const after = input.nextToken === undefined ? undefined : positionOfToken(input.nextToken);
  const found: Candidate[] = [];
  for (const stream of streamNames(catalogue, group, input)) {
    const file = await catalogue.events(group, stream);
    const from = file.index.firstAt(Math.max(input.startTime, after?.[0] ?? 0));
    for (const entry of file.index.entries.slice(from)) {
      if (entry.timestamp > input.endTime) break;
      const candidate = { entry, stream, file };
      if (after === undefined || comparePositions(positionOf(candidate), after) > 0) found.push(candidate);
    }
  }
  return found.sort((left, right) => comparePositions(positionOf(left), positionOf(right)));
}

function streamNames(catalogue: LogCatalogue, group: string, input: FilterLogEventsInput): string[] {
  const { logStreamNames, logStreamNamePrefix = '' } = input;
  if (logStreamNames !== undefined && logStreamNamePrefix !== '') {
    throw invalidParameter('logStreamNamePrefix and logStreamNames are mutually exclusive parameters.');
  }
  if (logStreamNames) return [...new Set(logStreamNames)].map((name) => catalogue.stream(group, name).name);
  return catalogue
    .streams(group)
    .map(({ name }) => name)
    .filter((name) => name.startsWith(logStreamNamePrefix));
}

/**
 * Reads the messages of candidates, one file after the other. Returns them in the order of the candidates.
 */
async function readEvents(block: readonly Candidate[]): Promise<StoredEvent[]> {
  const byFile = new Map<StreamFile, [number: number, candidate: Candidate][]>();
  for (const numbered of block.entries()) {
    const { file } = numbered[1];
    const ofFile = byFile.get(file);
    if (ofFile === undefined) byFile.set(file, [numbered]);
    else ofFile.push(numbered);
  }
  const events: StoredEvent[] = [];
  for (const [file, numbered] of byFile) {
    const read = await file.read(numbered.map(([, { entry }]) => entry));
    numbered.forEach(([number], at) => {
      const event = read[at];
      if (event !== undefined) events[number] = event;
    });
  }
  return events;
}

function positionOf({ entry, stream }: Candidate): Position {
  return [entry.timestamp, stream, entry.arrival];
}

function comparePositions(left: Position, right: Position): number {
  if (left[0] !== right[0]) return left[0] - right[0];
  if (left[1] !== right[1]) return left[1] < right[1] ? -1 : 1;
  return left[2] - right[2];
}

function tokenOf({ entry, stream }: Candidate): string {
  return pageToken(`${entry.timestamp}/${entry.arrival}/${stream}`);
}

/** Returns the position in a page token. @throws AwsError `InvalidParameterException` */
function positionOfToken(token: string): Position {
  const [, timestamp, arrival, stream] = /^(\d+)\/(\d+)\/(.+)$/s.exec(keyOfToken(token, invalidToken)) ?? [];
  if (stream === undefined) throw invalidToken();
  return [Number(timestamp), stream, Number(arrival)];
}

function eventIdOf(group: string, { entry, stream }: Candidate): string {
  const hash = createHash('sha256').update(`${group}:${stream}`).digest().readUIntBE(0, 6);
  const digits = (value: number, length: number): string => String(value).padStart(length, '0');
  return `${digits(entry.timestamp, 20)}${digits(hash, 18)}${digits(entry.arrival, 18)}`;
}
