import { isBehind, type StreamPosition } from './stream-position.js';

/** Position of an event in the file of its stream. */
export interface IndexEntry {
  readonly timestamp: number;
  /** Number of the event in the order of arrival. */
  readonly arrival: number;
  readonly offset: number;
  /** Length of the stored line, with its line feed. */
  readonly lengthBytes: number;
  /** Length of the message alone, in UTF-8. */
  readonly messageBytes: number;
}

/** A stream's events in the order of their timestamp, then of their arrival. */
export interface StreamIndex {
  readonly entries: readonly IndexEntry[];
  add(entry: IndexEntry): void;
  /** Returns the index of the first event after a position; without one, the number of entries. */
  firstBehind(position: StreamPosition): number;
  /** Returns the index of the first event at or after a time; without one, the number of entries. */
  firstAt(timestamp: number): number;
}

export function createStreamIndex(): StreamIndex {
  const entries: IndexEntry[] = [];
  const search = (isRight: (entry: IndexEntry) => boolean): number => {
    let low = 0;
    let high = entries.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const entry = entries[middle];
      if (entry !== undefined && isRight(entry)) high = middle;
      else low = middle + 1;
    }
    return low;
  };
  return {
    entries,
    add(entry) {
      const last = entries.at(-1);
      if (last === undefined || last.timestamp <= entry.timestamp) entries.push(entry);
      else
        entries.splice(
          search(({ timestamp }) => timestamp > entry.timestamp),
          0,
          entry,
        );
    },
    firstBehind: (position) => search((entry) => isBehind(entry, position)),
    firstAt: (time) => search(({ timestamp }) => timestamp >= time),
  };
}
