import type { PositionRange, ReadPositions } from '../../lib/run-store/facets.js';

/** Reads positions of one partition of the index by facet, latest first. A position is the time of a run and its id. */
export type ReadPartition = (range: PositionRange & { readonly limit: number }) => Promise<ReadPositions>;

/** Number of positions that a query reads: `first` at the first query, then twice as many each time up to `longest`. */
const PAGE = { first: 25, longest: 1_000 } as const;

/** Reads one partition of the index, latest first, and skips positions that the caller does not need. */
export class FacetCursor {
  readonly #read: ReadPartition;
  readonly #from: string;
  #positions: readonly string[] = [];
  #at = 0;
  #hasMore = true;
  #limit: number = PAGE.first;

  constructor(read: ReadPartition, from: string) {
    this.#read = read;
    this.#from = from;
  }

  /**
   * Returns the latest position at or before the given one. Each call must pass the same position as the call
   * before, or an earlier one.
   */
  async atOrBefore(position: string): Promise<string | undefined> {
    for (;;) {
      while ((this.#positions[this.#at] ?? '') > position) this.#at += 1;
      const found = this.#positions[this.#at];
      if (found !== undefined || !this.#hasMore || position < this.#from) return found;
      const range = { from: this.#from, to: position, limit: this.#limit };
      const { positions, hasMore } = await this.#read(range);
      this.#positions = positions;
      this.#at = 0;
      this.#hasMore = hasMore;
      this.#limit = Math.min(this.#limit * 2, PAGE.longest);
    }
  }

  /** Returns the latest position before the given one. */
  async before(position: string): Promise<string | undefined> {
    let found = await this.atOrBefore(position);
    // A page that was read from this position contains the position again.
    while (found === position) {
      this.#at += 1;
      found = await this.atOrBefore(position);
    }
    return found;
  }
}

/**
 * Yields the positions that all partitions have, latest first. Each partition is read only near the positions of the
 * others, so finding a rare value together with a frequent one needs few reads.
 */
export async function* commonPositions(
  cursors: readonly FacetCursor[],
  before: string,
): AsyncGenerator<string> {
  const [first] = cursors;
  let position = await first?.before(before);
  while (position !== undefined) {
    const earlier = await lastOf(cursors, position);
    if (earlier === undefined) return;
    if (earlier !== position) {
      position = earlier;
      continue;
    }
    yield position;
    position = await first?.before(position);
  }
}

/**
 * Moves all cursors to a position. Returns the earliest position that one of them finds; undefined if one has no more.
 */
async function lastOf(cursors: readonly FacetCursor[], position: string): Promise<string | undefined> {
  let earliest = position;
  for (const cursor of cursors) {
    const found = await cursor.atOrBefore(earliest);
    if (found === undefined) return undefined;
    earliest = found;
  }
  return earliest;
}
