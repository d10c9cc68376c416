/**
 * A position between two events of a stream, which are sorted by timestamp, then by arrival. It stays valid when
 * events are added. An offset would not, because a late event may be inserted before it.
 */
export interface StreamPosition {
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
  /** Twice the arrival number of the event that follows. */
  readonly rank: number;
}

export type Direction = 'forward' | 'backward';

const TIMESTAMP_DIGITS = 20;
const RANK_DIGITS = 36;
const TOKEN = new RegExp(`^([fb])/(\\d{${TIMESTAMP_DIGITS}})(\\d{${RANK_DIGITS}})/s$`);

export function positionBefore(event: { timestamp: number; arrival: number }): StreamPosition {
  return { timestamp: event.timestamp, rank: event.arrival * 2 };
}

export function positionAfter(event: { timestamp: number; arrival: number }): StreamPosition {
  return { timestamp: event.timestamp, rank: event.arrival * 2 + 2 };
}

/** Returns whether an event is after a position. */
export function isBehind(event: { timestamp: number; arrival: number }, position: StreamPosition): boolean {
  return (
    event.timestamp > position.timestamp ||
    (event.timestamp === position.timestamp && event.arrival * 2 + 1 > position.rank)
  );
}

export function formatToken(direction: Direction, position: StreamPosition): string {
  const timestamp = String(position.timestamp).padStart(TIMESTAMP_DIGITS, '0');
  return `${direction === 'forward' ? 'f' : 'b'}/${timestamp}${String(position.rank).padStart(RANK_DIGITS, '0')}/s`;
}

/**
 * Parses a page token.
 * @returns undefined for a text that `formatToken` did not return
 */
export function parseToken(
  token: string,
): { readonly direction: Direction; readonly position: StreamPosition } | undefined {
  const [, letter, timestamp, rank] = TOKEN.exec(token) ?? [];
  if (letter === undefined) return undefined;
  return {
    direction: letter === 'f' ? 'forward' : 'backward',
    position: { timestamp: Number(timestamp), rank: Number(rank) },
  };
}
