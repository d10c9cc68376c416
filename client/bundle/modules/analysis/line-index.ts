/** Converts offsets in a text to lines and columns. */
export class LineIndex {
  /** Offsets at which lines begin. */
  readonly #starts: readonly number[];

  constructor(text: string) {
    const starts = [0];
    for (const { index, 0: end } of text.matchAll(/\r\n|[\n\r\u2028\u2029]/g))
      starts.push(index + end.length);
    this.#starts = starts;
  }

  /** Returns the line and column of an offset. Both start at 1. */
  at(offset: number): { readonly line: number; readonly column: number } {
    let low = 0;
    for (let high = this.#starts.length; high - low > 1;) {
      const middle = (low + high) >> 1;
      if ((this.#starts[middle] ?? 0) <= offset) low = middle;
      else high = middle;
    }
    return { line: low + 1, column: offset - (this.#starts[low] ?? 0) + 1 };
  }
}
