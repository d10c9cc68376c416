import { crc32 } from 'node:zlib';

import { deflatedPiece } from './deflate.js';
import { joined } from './joined-bytes.js';
import { readFully, requireSame, withSource, type SourceFile } from './source-file.js';

/** A piece of a file that is too large to be compressed in one call. */
export type ChunkTask = { readonly isLast: boolean } & (
  | (SourceFile & { readonly position: number; readonly sizeBytes: number })
  | { readonly content: Uint8Array }
);

export interface ChunkResult {
  readonly bytes: Uint8Array;
  /** CRC-32 of the piece before it was compressed. */
  readonly crc32: number;
}

let reused: Buffer | undefined;

/**
 * Reads and compresses a piece of a file.
 * @param memory for the result's bytes
 * @throws Error with a message for users if the file changed or cannot be read
 */
export function deflateChunk(task: ChunkTask, memory?: ArrayBuffer): ChunkResult {
  const content = 'content' in task ? task.content : readChunk(task);
  return { bytes: joined([deflatedPiece(content, task.isLast)], memory), crc32: crc32(content) };
}

function readChunk(task: SourceFile & { position: number; sizeBytes: number }): Uint8Array {
  return withSource(task, (handle) => {
    if (reused === undefined || reused.length < task.sizeBytes)
      reused = Buffer.allocUnsafeSlow(task.sizeBytes);
    const content = reused.subarray(0, task.sizeBytes);
    readFully(task.source, handle, content, task.position);
    requireSame(task.source, task.stats, handle);
    return content;
  });
}
