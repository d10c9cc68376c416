import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

import { isSameFile, statsOf } from './file-stats.js';
import type { FileStats } from './layer.js';

/** A file on this machine, and its stats when it was listed. */
export interface SourceFile {
  readonly source: string;
  readonly stats: FileStats;
}

/**
 * Opens a file for reading and closes it afterwards.
 * @throws Error with a message for users if the file cannot be read, or is not the file that was listed
 */
export function withSource<T>({ source, stats }: SourceFile, read: (handle: number) => T): T {
  const handle = attempt(source, () => openSync(source, 'r'));
  try {
    requireSame(source, stats, handle);
    const result = read(handle);
    return result;
  } finally {
    closeSync(handle);
  }
}

/** Refuses a file that changed since it was listed. @throws Error with a message for users */
export function requireSame(source: string, stats: FileStats, handle: number): void {
  if (!isSameFile(stats, statsOf(fstatSync(handle)))) throw changed(source);
}

/** Fills a buffer from a file. @throws Error with a message for users if the file ends earlier */
export function readFully(source: string, handle: number, buffer: Uint8Array, position: number): void {
  for (let done = 0; done < buffer.length;) {
    const start = done;
    const bytesRead = attempt(source, () =>
      readSync(handle, buffer, start, buffer.length - start, position + start),
    );
    if (bytesRead === 0) throw changed(source);
    done += bytesRead;
  }
}

/** Returns the error for a file that changed while it was packed. */
export function changed(source: string): Error {
  return new Error(
    `${source} changed while it was packed; run again when no program writes to it, or leave it out with a pattern of \`ignore\``,
  );
}

function attempt<T>(source: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(
      `${source} cannot be read: ${reason}; restore it, or leave it out with a pattern of \`ignore\``,
    );
  }
}
