import { open, readFile, truncate } from 'node:fs/promises';

import type { LogLine } from '../ports.js';
import { createStreamIndex, type IndexEntry, type StreamIndex } from './stream-index.js';

/** Bytes that the service counts for each event, beside those of its message. */
export const EVENT_OVERHEAD_BYTES = 26;

export interface StoredEvent extends LogLine {
  readonly ingestionTime: number;
  readonly arrival: number;
}

/** The events of one stream, in a file to which events are only appended. */
export interface StreamFile {
  readonly index: StreamIndex;
  /** Returns whether a write is pending. */
  isBusy(): boolean;
  /** Resolves when the operating system has the lines. They then survive a kill of the process. */
  append(lines: readonly LogLine[], ingestionTime: number): Promise<void>;
  read(entries: readonly IndexEntry[]): Promise<StoredEvent[]>;
}

/** Line of an event in the file: JSON of `[timestamp, ingestionTime, message]`. */
type StoredLine = [timestamp: number, ingestionTime: number, message: string];

/** @param path file that is created if missing. An unfinished last line of a killed process is cut off. */
export async function openStreamFile(path: string): Promise<StreamFile> {
  const index = createStreamIndex();
  let sizeBytes = await loadIndex(path, index);
  let writing = 0;
  let lastWrite: Promise<unknown> = Promise.resolve();

  async function write(lines: readonly LogLine[], ingestionTime: number): Promise<void> {
    const encoded = lines.map(({ timestamp, message }) =>
      Buffer.from(`${JSON.stringify([timestamp, ingestionTime, message] satisfies StoredLine)}\n`),
    );
    const block = Buffer.concat(encoded);
    const file = await open(path, 'a');
    try {
      await file.writeFile(block);
    } catch (error) {
      await file.truncate(sizeBytes);
      throw error;
    } finally {
      await file.close();
    }
    lines.forEach(({ timestamp, message }, number) => {
      const lengthBytes = encoded[number]?.length ?? 0;
      const arrival = index.entries.length;
      index.add({
        timestamp,
        arrival,
        offset: sizeBytes,
        lengthBytes,
        messageBytes: Buffer.byteLength(message),
      });
      sizeBytes += lengthBytes;
    });
  }

  return {
    index,
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
    read: (entries) => readEntries(path, entries),
  };
}

/** @returns the file's size once it ends with a whole line */
async function loadIndex(path: string, index: StreamIndex): Promise<number> {
  const content = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return Buffer.alloc(0);
    throw error;
  });
  let offset = 0;
  for (let end = content.indexOf(10); end !== -1; end = content.indexOf(10, offset)) {
    const [timestamp, , message] = JSON.parse(content.toString('utf8', offset, end)) as StoredLine;
    const lengthBytes = end + 1 - offset;
    const arrival = index.entries.length;
    index.add({ timestamp, arrival, offset, lengthBytes, messageBytes: Buffer.byteLength(message) });
    offset += lengthBytes;
  }
  if (offset < content.length) await truncate(path, offset);
  return offset;
}

/** Reads events. Those that are adjacent in the file are read at once. */
async function readEntries(path: string, entries: readonly IndexEntry[]): Promise<StoredEvent[]> {
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
        const line = block.toString('utf8', offset - start, offset - start + lengthBytes);
        const [timestamp, ingestionTime, message] = JSON.parse(line) as StoredLine;
        events.push({ timestamp, ingestionTime, message, arrival });
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
