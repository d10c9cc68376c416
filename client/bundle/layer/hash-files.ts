import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';

import { readFully, requireSame, withSource, type SourceFile } from './source-file.js';

/** Files to read. */
export interface HashTask {
  readonly files: readonly SourceFile[];
}

/** Digests of a file's content. */
export interface ContentDigest {
  /** SHA-256 in lower-case hexadecimal. */
  readonly sha256: string;
  readonly crc32: number;
}

/** Digests in the order of the task's files. */
export interface HashResult {
  readonly digests: readonly ContentDigest[];
}

const READ_BYTES = 1024 ** 2;

let reused: Buffer | undefined;

/** Reads files and returns their digests. @throws Error with a message for users if a file changed or is unreadable */
export function hashFiles({ files }: HashTask): HashResult {
  return { digests: files.map(hashFile) };
}

function hashFile(file: SourceFile): ContentDigest {
  return withSource(file, (handle) => {
    const { source, stats } = file;
    const buffer = (reused ??= Buffer.allocUnsafeSlow(READ_BYTES));
    const hash = createHash('sha256');
    let sum = 0;
    for (let position = 0; position < stats.sizeBytes; position += READ_BYTES) {
      const piece = buffer.subarray(0, Math.min(READ_BYTES, stats.sizeBytes - position));
      readFully(source, handle, piece, position);
      hash.update(piece);
      sum = crc32(piece, sum);
    }
    // A large file may change while it is read piece by piece.
    if (stats.sizeBytes > READ_BYTES) requireSame(source, stats, handle);
    return { sha256: hash.digest('hex'), crc32: sum };
  });
}

/** Returns the digests of content in memory. */
export function hashContent(content: Uint8Array): ContentDigest {
  return { sha256: createHash('sha256').update(content).digest('hex'), crc32: crc32(content) };
}
