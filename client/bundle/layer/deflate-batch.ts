import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';

import { deflated } from './deflate.js';
import { joined } from './joined-bytes.js';
import { changed, readFully, requireSame, withSource, type SourceFile } from './source-file.js';
import { DEFLATED, localHeader, STORED, type ZipEntry, type ZipLimits } from './zip-format.js';

/** A file that is small enough to be compressed in one call. */
export type BatchFile = { readonly path: string; readonly sha256: string } & (
  | SourceFile
  | { readonly content: Uint8Array }
);

export interface DeflateTask {
  readonly files: readonly BatchFile[];
  readonly limits: ZipLimits;
}

/** A file in a piece of a zip. */
export interface WrittenFile extends Omit<ZipEntry, 'path'> {
  /** Size of the local header; the compressed data follows it. */
  readonly headerBytes: number;
}

/** A piece of a zip: the local headers and data of the files, in order. */
export interface DeflateResult {
  readonly bytes: Uint8Array;
  readonly files: readonly WrittenFile[];
}

let reused = Buffer.allocUnsafeSlow(512 * 1024);

/**
 * Reads and compresses files.
 * @param memory for the result's bytes
 * @throws Error with a message for users if a file cannot be read, or changed since its digest was computed
 */
export function deflateBatch({ files, limits }: DeflateTask, memory?: ArrayBuffer): DeflateResult {
  const pieces: Uint8Array[] = [];
  const written = files.map((file) => {
    const content = contentOf(file);
    const compressed = deflated(content);
    // Copies the content, because the next file is read into the same buffer.
    const data = compressed ?? new Uint8Array(content);
    const entry: Omit<ZipEntry, 'path'> = {
      method: compressed === undefined ? STORED : DEFLATED,
      crc32: crc32(content),
      compressedBytes: data.length,
      sizeBytes: content.length,
    };
    const header = localHeader(entry, file.path, limits);
    pieces.push(header, data);
    return { ...entry, headerBytes: header.length };
  });
  return { bytes: joined(pieces, memory), files: written };
}

function contentOf(file: BatchFile): Uint8Array {
  if ('content' in file) return file.content;
  return withSource(file, (handle) => {
    const { sizeBytes } = file.stats;
    if (reused.length < sizeBytes) reused = Buffer.allocUnsafeSlow(sizeBytes);
    const content = reused.subarray(0, sizeBytes);
    readFully(file.source, handle, content, 0);
    requireSame(file.source, file.stats, handle);
    if (createHash('sha256').update(content).digest('hex') !== file.sha256) throw changed(file.source);
    return content;
  });
}
