import type { LogLine } from '../ports.js';

/** Where a build's lines go, in order. */
export interface BuildLog {
  /** A line of CodeBuild's own: `[Container] <time> <text>`. */
  note(text: string): void;
  /** Bytes that commands wrote. A promise asks to hold back more until it resolves. */
  output(bytes: Buffer): Promise<void> | undefined;
  /** Ends a line that a command left without its end. */
  endLine(): void;
  /** Shows `***` in place of a secret, and of each longer line of it, from now on. */
  hide(secret: string): void;
  /** Returns when all lines are written. */
  close(): Promise<void>;
}

export interface BuildLogOptions {
  now(): number;
  write(lines: readonly LogLine[]): Promise<void>;
  reportProblem(problem: string, cause?: unknown): void;
}

/** Lines come out at least this often. */
const FLUSH_MS = 50;
const BATCH_MAX_LINES = 10_000;
const HELD_MAX_BYTES = 8_388_608;
/** 256 KB less what the service adds to an event; longer lines are cut. */
const LINE_MAX_BYTES = 262_118;
const LINE_FEED = 10;
const HIDDEN_LINE_MIN_CHARACTERS = 6;

export function createBuildLog(options: BuildLogOptions): BuildLog {
  let lines: LogLine[] = [];
  let partial: Buffer[] = [];
  let partialBytes = 0;
  let batchBytes = 0;
  let heldBytes = 0;
  let latest = 0;
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> = Promise.resolve();
  const secrets: string[] = [];

  function add(text: string): void {
    const shown = secrets.reduce((line, secret) => line.replaceAll(secret, '***'), text);
    // A clock that is set back must not bring lines out of order.
    latest = Math.max(latest, options.now());
    lines.push({ timestamp: latest, message: `${shown}\n` });
    heldBytes += shown.length;
    batchBytes += shown.length;
    if (lines.length >= BATCH_MAX_LINES) flush();
    else timer ??= setTimeout(flush, FLUSH_MS);
  }
  function addBytes(bytes: Buffer): void {
    const end = bytes.at(-1) === 13 ? bytes.length - 1 : bytes.length;
    let from = 0;
    do {
      const cut = lineCut(bytes, from, end);
      add(bytes.toString('utf8', from, cut));
      from = cut;
    } while (from < end);
  }
  function flush(): void {
    clearTimeout(timer);
    timer = undefined;
    if (lines.length === 0) return;
    const batch = lines;
    const bytes = batchBytes;
    lines = [];
    batchBytes = 0;
    writing = writing
      .then(() => options.write(batch))
      .catch((error: unknown) => options.reportProblem('Log lines of a build are lost.', error))
      .finally(() => {
        heldBytes -= bytes;
      });
  }
  function endLine(): void {
    if (partialBytes === 0) return;
    const line = Buffer.concat(partial);
    partial = [];
    partialBytes = 0;
    addBytes(line);
  }

  function cutPartial(): void {
    const line = Buffer.concat(partial);
    let from = 0;
    for (; line.length - from > LINE_MAX_BYTES;) {
      const cut = lineCut(line, from, line.length);
      add(line.toString('utf8', from, cut));
      from = cut;
    }
    partial = [line.subarray(from)];
    partialBytes = line.length - from;
  }

  return {
    note(text) {
      endLine();
      for (const [number, line] of text.split('\n').entries()) {
        add(number === 0 ? `[Container] ${formatTime(options.now())} ${line}` : line);
      }
    },
    output(bytes) {
      let from = 0;
      for (let end = bytes.indexOf(LINE_FEED); end !== -1; end = bytes.indexOf(LINE_FEED, from)) {
        if (partialBytes === 0) addBytes(bytes.subarray(from, end));
        else {
          partial.push(bytes.subarray(from, end));
          partialBytes += end - from;
          endLine();
        }
        from = end + 1;
      }
      if (from < bytes.length) {
        partial.push(bytes.subarray(from));
        partialBytes += bytes.length - from;
        if (partialBytes > LINE_MAX_BYTES) cutPartial();
      }
      if (heldBytes <= HELD_MAX_BYTES) return undefined;
      flush();
      return writing;
    },
    endLine,
    hide(secret) {
      secrets.push(...hiddenTexts(secret));
      // The longest first: what is left of a secret that holds another would show.
      secrets.sort((left, right) => right.length - left.length);
    },
    async close() {
      endLine();
      flush();
      await writing;
    },
  };
}

/** A log has lines, so a secret of several is never there whole. Short ones, such as brackets, tell nothing. */
function hiddenTexts(secret: string): string[] {
  const lines = secret.split(/\r?\n/).map((line) => line.trim());
  return [secret, ...lines.filter((line) => line.length >= HIDDEN_LINE_MIN_CHARACTERS)].filter(
    (text) => text !== '',
  );
}

/** Where to cut a long line: never inside a character. */
function lineCut(bytes: Buffer, from: number, end: number): number {
  if (end - from <= LINE_MAX_BYTES) return end;
  let cut = from + LINE_MAX_BYTES;
  while (cut > from + LINE_MAX_BYTES - 4 && ((bytes[cut] ?? 0) & 0xc0) === 0x80) cut -= 1;
  return cut;
}

/** @returns such as `2026/01/31 12:00:00.123000` */
function formatTime(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().replaceAll('-', '/').replace('T', ' ').replace('Z', '')}000`;
}
