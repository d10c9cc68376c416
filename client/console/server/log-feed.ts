import type { KnownRun } from '../../run/run-end.js';
import { readLogs } from '../../run/read-logs.js';
import type { LogEntry, LogPage } from '../api.js';

/** Limits of one page: number of lines, and characters of their texts. */
const PAGE = { lines: 20_000, characters: 2_000_000 } as const;

/** Follows the log of a run, with the client's one rate for all logs, and keeps its lines. */
export class LogFeed {
  readonly #lines: LogEntry[] = [];
  #isComplete = false;
  #problem: string | undefined;

  constructor(run: KnownRun, signal: AbortSignal) {
    void this.#follow(run, signal);
  }

  /** Returns the lines from a position on. */
  page(from: number): LogPage {
    const lines: LogEntry[] = [];
    let characters = 0;
    for (let at = from; at < this.#lines.length && lines.length < PAGE.lines; at += 1) {
      const line = this.#lines[at] ?? [0, ''];
      characters += line[1].length;
      if (characters > PAGE.characters && lines.length > 0) break;
      lines.push(line);
    }
    const hasMore = from + lines.length < this.#lines.length;
    return { from, lines, hasMore, isComplete: this.#isComplete && !hasMore, problem: this.#problem };
  }

  async #follow(run: KnownRun, signal: AbortSignal): Promise<void> {
    try {
      for await (const { timestampMs, message } of readLogs(run, { signal }))
        this.#lines.push([timestampMs, message]);
    } catch (error) {
      this.#problem = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    }
    this.#isComplete = true;
  }
}
