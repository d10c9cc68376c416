import type { PositionRange, ReadPositions } from '../../lib/run-store/facets.js';

/** Reads positions of one partition of the index, latest first. */
export type ReadPartition = (range: PositionRange & { readonly limit: number }) => Promise<ReadPositions>;

/** Positions that one query reads. It doubles while all of them are used. */
const PAGE = { first: 25, longest: 1_000 } as const;

/** Walks through one partition of the index, latest first, and leaps over what is not asked for. */
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

  /** Returns the latest position that is before another, or is it. Later calls go back in time. */
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

  /** Returns the latest position that is before another. */
  async before(position: string): Promise<string | undefined> {
    let found = await this.atOrBefore(position);
    // A page that is read from the position on has it once more.
    while (found === position) {
      this.#at += 1;
      found = await this.atOrBefore(position);
    }
    return found;
  }
}

/**
 * Yields the positions that all partitions have, latest first. Each partition is read only near the positions of the
 * others, so a rare value costs little beside a frequent one.
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

/** Returns the earliest of the positions at which the cursors arrive; undefined if one has no more. */
async function lastOf(cursors: readonly FacetCursor[], position: string): Promise<string | undefined> {
  let earliest = position;
  for (const cursor of cursors) {
    const found = await cursor.atOrBefore(earliest);
    if (found === undefined) return undefined;
    earliest = found;
  }
  return earliest;
}
