import { crc32 } from 'node:zlib';

import { z } from 'zod';

/** An event as a line of the stream's file stores it. */
export interface StoredLine {
  readonly timestamp: number;
  readonly ingestionTime: number;
  readonly message: string;
}

const schema = z.tuple([z.number(), z.number(), z.string()]);

/** Returns an event as JSON of `[timestamp, ingestionTime, message, checksum]`. */
export function formatLine({ timestamp, ingestionTime, message }: StoredLine): string {
  const json = JSON.stringify([timestamp, ingestionTime, message]);
  return `${json.slice(0, -1)},${crc32(json)}]`;
}

/**
 * Parses a line that {@link formatLine} returned. A line of an earlier version has no checksum.
 * @returns undefined if the line was changed or damaged
 */
export function parseLine(line: string): StoredLine | undefined {
  const [end, checksum] = /,(\d+)\]$/.exec(line) ?? [];
  const json = end === undefined ? line : `${line.slice(0, -end.length)}]`;
  if (checksum !== undefined && crc32(json) !== Number(checksum)) return undefined;
  try {
    const [timestamp, ingestionTime, message] = schema.parse(JSON.parse(json));
    return { timestamp, ingestionTime, message };
  } catch {
    return undefined;
  }
}
