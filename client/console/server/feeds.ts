/** How long a feed goes on after the last look at it. */
const IDLE_MS = 20_000;

const SWEEP_MS = 5_000;

/** Feeds of one kind by run. A feed is opened by the first look at it, and shared by all pages that show the run. */
export class Feeds<Feed> {
  readonly #open: (runId: string, signal: AbortSignal) => Feed;
  readonly #feeds = new Map<string, { feed: Feed; usedAtMs: number; readonly end: AbortController }>();
  readonly #timer: NodeJS.Timeout;

  /** @param open starts a feed, which ends when the signal aborts */
  constructor(open: (runId: string, signal: AbortSignal) => Feed) {
    this.#open = open;
    this.#timer = setInterval(() => this.#sweep(), SWEEP_MS).unref();
  }

  get(runId: string): Feed {
    const known = this.#feeds.get(runId) ?? this.#start(runId);
    known.usedAtMs = Date.now();
    return known.feed;
  }

  /** Reads from a feed. A feed that failed is ended, so that the next look opens a new one. */
  async read<T>(runId: string, look: (feed: Feed) => Promise<T>): Promise<T> {
    const feed = this.get(runId);
    try {
      return await look(feed);
    } catch (error) {
      if (this.#feeds.get(runId)?.feed === feed) this.drop(runId);
      throw error;
    }
  }

  /** Ends a feed, so that the next look opens a new one. */
  drop(runId: string): void {
    this.#feeds.get(runId)?.end.abort();
    this.#feeds.delete(runId);
  }

  close(): void {
    clearInterval(this.#timer);
    for (const runId of this.#feeds.keys()) this.drop(runId);
  }

  #start(runId: string) {
    const end = new AbortController();
    const started = { feed: this.#open(runId, end.signal), usedAtMs: Date.now(), end };
    this.#feeds.set(runId, started);
    return started;
  }

  #sweep(): void {
    const longestAgoMs = Date.now() - IDLE_MS;
    for (const [runId, { usedAtMs }] of this.#feeds) if (usedAtMs < longestAgoMs) this.drop(runId);
  }
}
