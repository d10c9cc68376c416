import type { Readable } from 'node:stream';

import { endOfOutput } from './worker-messages.js';

/**
 * Maximum length of a message: the 256 KB of a CloudWatch Logs event less the 26 bytes that the service adds.
 */
const LINE_MAX_CHARACTERS = 256 * 1024 - 26;

/** Reads the output of a worker's streams line by line, and finds where the output of each invocation ends. */
export function readWorkerOutput(streams: readonly Readable[], onLine: (line: string) => void) {
  const marks = new Map<string, { missing: number; resolve: () => void }>();
  const onMark = (mark: string) => {
    const waiting = marks.get(mark);
    if (waiting !== undefined && --waiting.missing === 0) {
      marks.delete(mark);
      waiting.resolve();
    }
  };
  for (const stream of streams) readLines(stream, onLine, onMark);
  return {
    /** Resolves when the invocation's output has ended on both streams. */
    invocationEnd: (requestId: string) =>
      new Promise<void>((resolve) => {
        marks.set(endOfOutput(requestId), { missing: streams.length, resolve });
      }),
  };
}

function readLines(stream: Readable, onLine: (line: string) => void, onMark: (mark: string) => void): void {
  let partial = '';
  const take = (line: string) => {
    const start = line.indexOf('\u0000end ');
    if (start < 0) return onLine(line);
    if (start > 0) onLine(line.slice(0, start));
    onMark(line.slice(start));
  };
  stream.setEncoding('utf8');
  stream.on('data', (chunk: string) => {
    const lines = chunk.split('\n');
    lines[0] = partial + (lines[0] ?? '');
    partial = lines.pop() ?? '';
    for (const line of lines) take(line);
    while (partial.length > LINE_MAX_CHARACTERS) {
      onLine(partial.slice(0, LINE_MAX_CHARACTERS));
      partial = partial.slice(LINE_MAX_CHARACTERS);
    }
  });
  stream.on('end', () => {
    if (partial !== '') take(partial);
  });
}
