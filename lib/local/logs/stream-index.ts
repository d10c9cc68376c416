import { isBehind, type StreamPosition } from './stream-position.js';

/** Position of an event in the file of its stream. */
export interface IndexEntry {
  readonly timestamp: number;
  /** Number of the event by order of arrival. */
  readonly arrival: number;
  readonly offset: number;
  /** Length of the stored line, including its line feed. */
  readonly lengthBytes: number;
  /** Length of the message in UTF-8. */
  readonly messageBytes: number;
}

/** A stream's events in the order of their timestamp, then of their arrival. */
export type StreamIndex = ReturnType<typeof createStreamIndex>;

export function createStreamIndex() {
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
    entries: entries as readonly IndexEntry[],
    add(entry: IndexEntry): void {
      const last = entries.at(-1);
      if (last === undefined || last.timestamp <= entry.timestamp) return void entries.push(entry);
      const position = search(({ timestamp }) => timestamp > entry.timestamp);
      entries.splice(position, 0, entry);
    },
    /** Returns the index of the first event after a position, or the number of entries if there is none. */
    firstBehind: (position: StreamPosition) => search((entry) => isBehind(entry, position)),
    /** Returns the index of the first event at or after a time, or the number of entries if there is none. */
    firstAt: (time: number) => search(({ timestamp }) => timestamp >= time),
  };
}
