import { appendFileSync, existsSync } from 'node:fs';
import { open, readFile, truncate } from 'node:fs/promises';

import { damaged, notWritable } from '../durable/damage.js';
import type { LogLine } from '../ports.js';
import { formatLine, parseLine } from './stored-line.js';
import { createStreamIndex, type IndexEntry, type StreamIndex } from './stream-index.js';

/** Size that CloudWatch Logs counts for each event in addition to its message. */
export const EVENT_OVERHEAD_BYTES = 26;

export interface StoredEvent extends LogLine {
  readonly ingestionTime: number;
  readonly arrival: number;
}

/** The events of one stream. They are appended to a file. */
export interface StreamFile {
  readonly index: StreamIndex;
  /** Returns the size of all events as CloudWatch Logs counts it. */
  storedBytes(): number;
  /** Returns whether a write is pending. */
  isBusy(): boolean;
  /**
   * Resolves when the operating system has received the lines, so that they survive `kill -9`.
   * @throws LocalAwsError `DataFolderNotWritable`
   */
  append(lines: readonly LogLine[], ingestionTime: number): Promise<void>;
  read(entries: readonly IndexEntry[]): Promise<StoredEvent[]>;
}

/** The file of a stream, and the expected size of its events. */
export interface StreamLocation {
  readonly dataFolder: string;
  readonly path: string;
  /**
   * Minimum size of the file's events, as the stream's record has it. A smaller size means that lines are missing.
   */
  readonly storedBytes: number;
}

/**
 * Opens the file of a stream, and creates it if missing. Removes an incomplete last line, which a killed process may
 * have left.
 * @throws LocalAwsError `DataFolderDamaged` if lines are missing or damaged
 */
export async function openStreamFile(location: StreamLocation): Promise<StreamFile> {
  const { path } = location;
  const index = createStreamIndex();
  let { sizeBytes, storedBytes } = await loadIndex(location, index);
  let isTorn = false;
  let writing = 0;
  let lastWrite: Promise<unknown> = Promise.resolve();

  async function write(lines: readonly LogLine[], ingestionTime: number): Promise<void> {
    const encoded = lines.map(({ timestamp, message }) =>
      Buffer.from(`${formatLine({ timestamp, ingestionTime, message })}\n`),
    );
    const block = Buffer.concat(encoded);
    try {
      if (isTorn) await truncate(path, sizeBytes);
      isTorn = true;
      // Uses a synchronous write, which takes microseconds, a tenth of the time of an asynchronous open, write and
      // close.
      appendFileSync(path, block);
      isTorn = false;
    } catch (error) {
      // Truncates the file to its former size, because the failed write may have stored a part of the lines.
      await truncate(path, sizeBytes).then(
        () => (isTorn = false),
        () => undefined,
      );
      throw notWritable(path, error);
    }
    lines.forEach(({ timestamp, message }, number) => {
      const lengthBytes = encoded[number]?.length ?? 0;
      const arrival = index.entries.length;
      const messageBytes = Buffer.byteLength(message);
      index.add({ timestamp, arrival, offset: sizeBytes, lengthBytes, messageBytes });
      sizeBytes += lengthBytes;
      storedBytes += messageBytes + EVENT_OVERHEAD_BYTES;
    });
  }

  return {
    index,
    storedBytes: () => storedBytes,
    isBusy: () => writing > 0,
    append(lines, ingestionTime) {
      writing += 1;
      const done = lastWrite
        .then(() => write(lines, ingestionTime))
        .finally(() => {
          writing -= 1;
        });
      lastWrite = done.catch(() => undefined);
      return done;
    },
    read: (entries) => readEntries(location, entries),
  };
}

/**
 * Builds the index.
 * @returns sizeBytes: size of the file up to its last complete line; storedBytes: size of its events
 */
async function loadIndex(
  { dataFolder, path, storedBytes }: StreamLocation,
  index: StreamIndex,
): Promise<{ sizeBytes: number; storedBytes: number }> {
  const content = existsSync(path) ? await readFile(path) : Buffer.alloc(0);
  let offset = 0;
  let foundBytes = 0;
  for (let end = content.indexOf(10); end !== -1; end = content.indexOf(10, offset)) {
    const line = parseLine(content.toString('utf8', offset, end));
    if (line === undefined) throw damaged(dataFolder, path, `the line at byte ${offset} cannot be read`);
    const lengthBytes = end + 1 - offset;
    const messageBytes = Buffer.byteLength(line.message);
    const arrival = index.entries.length;
    index.add({ timestamp: line.timestamp, arrival, offset, lengthBytes, messageBytes });
    foundBytes += messageBytes + EVENT_OVERHEAD_BYTES;
    offset += lengthBytes;
  }
  if (foundBytes < storedBytes) {
    throw damaged(dataFolder, path, `it has ${foundBytes} bytes of events instead of ${storedBytes}`);
  }
  if (offset < content.length) await truncate(path, offset);
  return { sizeBytes: offset, storedBytes: foundBytes };
}

/** Reads events. Events that are adjacent in the file are read together. */
async function readEntries(
  { dataFolder, path }: StreamLocation,
  entries: readonly IndexEntry[],
): Promise<StoredEvent[]> {
  if (entries.length === 0) return [];
  const file = await open(path, 'r');
  try {
    const events: StoredEvent[] = [];
    for (let from = 0; from < entries.length;) {
      const run = adjacent(entries, from);
      const start = run[0]?.offset ?? 0;
      const block = Buffer.alloc(run.reduce((sum, { lengthBytes }) => sum + lengthBytes, 0));
      await file.read(block, 0, block.length, start);
      for (const { arrival, offset, lengthBytes } of run) {
        const line = parseLine(block.toString('utf8', offset - start, offset - start + lengthBytes - 1));
        if (line === undefined) throw damaged(dataFolder, path, `the line at byte ${offset} cannot be read`);
        events.push({ ...line, arrival });
      }
      from += run.length;
    }
    return events;
  } finally {
    await file.close();
  }
}

function adjacent(entries: readonly IndexEntry[], from: number): IndexEntry[] {
  const run: IndexEntry[] = [];
  for (let number = from; number < entries.length; number += 1) {
    const entry = entries[number];
    const last = run.at(-1);
    if (entry === undefined || (last && last.offset + last.lengthBytes !== entry.offset)) break;
    run.push(entry);
  }
  return run;
}
