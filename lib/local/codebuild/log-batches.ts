import type { LogLine } from '../ports.js';

export interface LogBatchesOptions {
  now(): number;
  write(lines: readonly LogLine[]): Promise<void>;
  reportProblem(problem: string, cause?: unknown): void;
}

/** Maximum time for which a line waits, so that it is written in one batch with later lines. */
const FLUSH_MS = 50;
const BATCH_MAX_LINES = 10_000;
const UNWRITTEN_MAX_BYTES = 8_388_608;

/** Writes the lines of a log in batches, in order. */
export class LogBatches {
  readonly #options: LogBatchesOptions;
  #lines: LogLine[] = [];
  #batchBytes = 0;
  #unwrittenBytes = 0;
  #latest = 0;
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();

  constructor(options: LogBatchesOptions) {
    this.#options = options;
  }

  add(line: string): void {
    // Times never decrease, so that lines stay in order if the clock is set back.
    this.#latest = Math.max(this.#latest, this.#options.now());
    this.#lines.push({ timestamp: this.#latest, message: `${line}\n` });
    this.#unwrittenBytes += line.length;
    this.#batchBytes += line.length;
    if (this.#lines.length >= BATCH_MAX_LINES) this.#write();
    else this.#timer ??= setTimeout(() => this.#write(), FLUSH_MS);
  }

  /** Returns a promise to await if too many lines are not written yet. */
  backpressure(): Promise<void> | undefined {
    return this.#unwrittenBytes <= UNWRITTEN_MAX_BYTES ? undefined : this.flush();
  }

  /** Resolves when all lines so far are written. */
  flush(): Promise<void> {
    this.#write();
    return this.#writing;
  }

  #write(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#lines.length === 0) return;
    const batch = this.#lines;
    const bytes = this.#batchBytes;
    this.#lines = [];
    this.#batchBytes = 0;
    this.#writing = this.#writing
      .then(() => this.#options.write(batch))
      .catch((error: unknown) =>
        this.#options.reportProblem('Log lines of a build could not be written and are lost.', error),
      )
      .finally(() => {
        this.#unwrittenBytes -= bytes;
      });
  }
}
