import { hiddenTexts } from './hidden-texts.js';
import { LogBatches, type LogBatchesOptions } from './log-batches.js';

/**
 * Maximum size of a line: 256 KB less the 26 bytes that CloudWatch Logs adds for each event. Longer lines are split.
 */
const LINE_MAX_BYTES = 262_118;
const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;

/**
 * The log of a build: output of commands and lines of CodeBuild itself, in the order in which they were written.
 */
export class BuildLog {
  readonly #now: () => number;
  readonly #batches: LogBatches;
  #secrets: string[] = [];
  /**
   * Size of the longest secret. A long line is split only once this many bytes follow, so that a secret that extends
   * beyond the split is recognized.
   */
  #keptBytes = 0;
  #partial: Buffer[] = [];
  #partialBytes = 0;

  constructor(options: LogBatchesOptions) {
    this.#now = () => options.now();
    this.#batches = new LogBatches(options);
  }

  /** Writes a line of CodeBuild itself: `[Container] <time> <text>`. */
  note(text: string): void {
    this.endLine();
    for (const [number, line] of text.split('\n').entries()) {
      this.#add(number === 0 ? `[Container] ${formatTime(this.#now())} ${line}` : line);
    }
  }

  /**
   * Writes output of commands. If it returns a promise, the caller must wait for it before it writes more.
   */
  output(bytes: Buffer): Promise<void> | undefined {
    let from = 0;
    for (let end = bytes.indexOf(LINE_FEED); end !== -1; end = bytes.indexOf(LINE_FEED, from)) {
      if (this.#partialBytes === 0) this.#addBytes(bytes.subarray(from, end));
      else {
        this.#keepPartial(bytes.subarray(from, end));
        this.endLine();
      }
      from = end + 1;
    }
    if (from < bytes.length) {
      this.#keepPartial(bytes.subarray(from));
      if (this.#partialBytes > LINE_MAX_BYTES + this.#keptBytes) {
        const rest = this.#addCut(Buffer.concat(this.#partial), this.#keptBytes);
        this.#partial = [rest];
        this.#partialBytes = rest.length;
      }
    }
    return this.#batches.backpressure();
  }

  /** Ends a line for which the command has written no line feed. */
  endLine(): void {
    if (this.#partialBytes === 0) return;
    const line = Buffer.concat(this.#partial);
    this.#partial = [];
    this.#partialBytes = 0;
    this.#addBytes(line);
  }

  /**
   * Replaces a secret, each of its lines and each value of its JSON by `***` from now on. Lines and values below six
   * characters stay.
   */
  hide(secret: string): void {
    this.#secrets = hiddenTexts([...this.#secrets, secret]);
    this.#keptBytes = Math.max(...this.#secrets.map((text) => Buffer.byteLength(text)), 0);
  }

  /** Resolves when all lines are written. */
  async close(): Promise<void> {
    this.endLine();
    await this.#batches.flush();
  }

  #add(text: string): void {
    this.#batches.add(this.#secrets.reduce((line, secret) => line.replaceAll(secret, '***'), text));
  }

  #addBytes(bytes: Buffer): void {
    const rest = this.#addCut(bytes.at(-1) === CARRIAGE_RETURN ? bytes.subarray(0, -1) : bytes, 0);
    this.#add(rest.toString('utf8'));
  }

  /**
   * Adds the parts of a line that is too long. No part ends inside a secret.
   * @param keptBytes number of bytes at the end that stay in one part, because the line may continue
   * @returns the remaining bytes
   */
  #addCut(line: Buffer, keptBytes: number): Buffer {
    let from = 0;
    while (line.length - from > LINE_MAX_BYTES + keptBytes) {
      const cut = beforeSecret(line, from, lineCut(line, from), this.#secrets);
      this.#add(line.toString('utf8', from, cut));
      from = cut;
    }
    return line.subarray(from);
  }

  #keepPartial(bytes: Buffer): void {
    this.#partial.push(bytes);
    this.#partialBytes += bytes.length;
  }
}

/** Returns the position at which to split a long line. It is not inside a character. */
function lineCut(bytes: Buffer, from: number): number {
  let cut = from + LINE_MAX_BYTES;
  while (cut > from + LINE_MAX_BYTES - 4 && ((bytes[cut] ?? 0) & 0xc0) === 0x80) cut -= 1;
  return cut;
}

/** Returns the last position up to `cut` that is not inside a secret. */
function beforeSecret(line: Buffer, from: number, cut: number, secrets: readonly string[]): number {
  let position = cut;
  // At the new position, another secret may overlap, so the search is repeated.
  for (let last = Infinity; position < last;) {
    last = position;
    for (const secret of secrets) {
      const start = line.indexOf(secret, Math.max(from + 1, last - Buffer.byteLength(secret) + 1));
      if (start !== -1 && start < position) position = start;
    }
  }
  return position;
}

/** Formats a time for the log. @returns such as `2026/01/31 12:00:00.123000` */
function formatTime(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().replaceAll('-', '/').replace('T', ' ').replace('Z', '')}000`;
}
