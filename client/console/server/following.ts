/** Work that goes on in the background while pages look at what it has read. */

/** The work of a feed, which starts at once and ends by itself, by an error, or by its signal. */
export class Following {
  readonly #signal: AbortSignal;
  readonly #first: Promise<void>;
  #failure: Error | undefined;

  /** @param follow does the work, and calls its argument when there is something to look at */
  constructor(follow: (afterFirst: () => void) => Promise<void>, signal: AbortSignal) {
    this.#signal = signal;
    let isRead: () => void = () => undefined;
    this.#first = new Promise((resolve) => (isRead = resolve));
    void follow(isRead)
      .catch((error: unknown) => (this.#failure = error as Error))
      .finally(isRead);
  }

  /** Resolves when there is something to look at. @throws the error that ended the work */
  async untilRead(): Promise<void> {
    await this.#first;
    if (this.#failure !== undefined && !this.#signal.aborted) throw this.#failure;
  }
}

/**
 * Returns the first version of a view. It grows from feed to feed, so that a page never takes the version of an earlier
 * feed for that of this one.
 */
export function firstVersion(): number {
  return Date.now() * 1_000;
}
