import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { crc32 } from 'node:zlib';

import { damaged } from './damage.js';
import { SMALL_FILE_BYTES } from './small-file.js';

/** Size of a piece. Each piece has one checksum, so a piece is always read as a whole. */
const SEGMENT_BYTES = 256 * 1024;
const CHECKSUM_BYTES = 4;

/**
 * An open file of a blob: the content, followed by a CRC-32 for each piece. Files of earlier versions have no
 * checksums.
 */
export interface BlobFile {
  /**
   * Reads the bytes from `start` to `end`, both included.
   * @throws LocalAwsError `DataFolderDamaged` before it yields a byte that differs from what was written
   */
  read(start: number, end: number): AsyncGenerator<Buffer>;
  /** Closes the file. May be called more than once. */
  close(): Promise<void>;
}

/**
 * Returns the content with checksums appended, and a function that returns the size of the content once all of it was
 * read.
 */
export function withChecksums(content: AsyncIterable<Buffer>): {
  readonly stored: AsyncGenerator<Buffer, void>;
  sizeBytes(): number;
} {
  let sizeBytes = 0;
  const sums: number[] = [];
  const add = (piece: Buffer) => {
    for (let from = 0; from < piece.length;) {
      const inSegment = sizeBytes % SEGMENT_BYTES;
      const part = piece.subarray(from, from + SEGMENT_BYTES - inSegment);
      if (inSegment === 0) sums.push(0);
      sums.push(crc32(part, sums.pop()));
      sizeBytes += part.length;
      from += part.length;
    }
  };
  async function* stored(): AsyncGenerator<Buffer, void> {
    for await (const piece of content) {
      add(piece);
      yield piece;
    }
    const end = Buffer.alloc(sums.length * CHECKSUM_BYTES);
    sums.forEach((sum, number) => end.writeUInt32LE(sum, number * CHECKSUM_BYTES));
    yield end;
  }
  return { stored: stored(), sizeBytes: () => sizeBytes };
}

/**
 * Opens the file of a blob.
 * @param blob path of the file, and size of its content
 * @throws LocalAwsError `DataFolderDamaged` when the file has another length; Error `ENOENT`
 */
export async function openBlobFile(
  dataFolder: string,
  blob: { readonly path: string; readonly sizeBytes: number },
): Promise<BlobFile> {
  const { path, sizeBytes } = blob;
  const file = sizeBytes > SMALL_FILE_BYTES ? await open(path) : readSmall(path);
  try {
    const sums = await readChecksums(file, sizeBytes);
    if (typeof sums === 'string') throw damaged(dataFolder, path, sums);
    let closing: Promise<void> | undefined;
    return {
      read: (start, end) => readChecked(file, { dataFolder, path, sizeBytes, sums }, start, end),
      close: () => (closing ??= file.close()),
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** The operations on an open file that this module uses. */
interface OpenFile {
  stat(): Promise<{ readonly size: number }>;
  read(
    bytes: Buffer,
    offset: number,
    length: number,
    position: number,
  ): Promise<{ readonly bytesRead: number }>;
  close(): Promise<void>;
}

/**
 * Reads a small file as a whole by synchronous calls. They take a tenth of the processor time of asynchronous calls.
 */
function readSmall(path: string): OpenFile {
  const descriptor = openSync(path, 'r');
  try {
    const { size } = fstatSync(descriptor);
    // A file that is too long is refused by its size, so there is no need to read all of it.
    const content = Buffer.allocUnsafe(Math.min(size, 2 * SMALL_FILE_BYTES));
    const readBytes = readSync(descriptor, content, 0, content.length, 0);
    return {
      stat: async () => ({ size }),
      read: async (bytes, offset, length, position) => ({
        bytesRead: content.copy(bytes, offset, position, Math.min(position + length, readBytes)),
      }),
      close: async () => undefined,
    };
  } finally {
    closeSync(descriptor);
  }
}

/**
 * Reads the checksums at the end of a file.
 * @returns undefined for a file without checksums; a text with the problem for a file of a wrong length
 */
async function readChecksums(file: OpenFile, sizeBytes: number): Promise<Buffer | undefined | string> {
  const { size } = await file.stat();
  if (size === sizeBytes) return undefined;
  const sums = Buffer.alloc(Math.ceil(sizeBytes / SEGMENT_BYTES) * CHECKSUM_BYTES);
  if (size !== sizeBytes + sums.length) return `it has ${size} bytes instead of ${sizeBytes + sums.length}`;
  const { bytesRead } = await file.read(sums, 0, sums.length, sizeBytes);
  return bytesRead === sums.length ? sums : 'its end is missing';
}

async function* readChecked(
  file: OpenFile,
  blob: {
    readonly dataFolder: string;
    readonly path: string;
    readonly sizeBytes: number;
    readonly sums: Buffer | undefined;
  },
  start: number,
  end: number,
): AsyncGenerator<Buffer> {
  const { dataFolder, path, sizeBytes, sums } = blob;
  for (let from = start - (start % SEGMENT_BYTES); from <= end; from += SEGMENT_BYTES) {
    const segment = Buffer.allocUnsafe(Math.min(SEGMENT_BYTES, sizeBytes - from));
    if (!(await fill(file, segment, from))) throw damaged(dataFolder, path, 'its end is missing');
    const expected = sums?.readUInt32LE((from / SEGMENT_BYTES) * CHECKSUM_BYTES);
    if (expected !== undefined && crc32(segment) !== expected) {
      throw damaged(dataFolder, path, `the checksum of ${segment.length} bytes at ${from} does not match`);
    }
    yield segment.subarray(Math.max(start - from, 0), end - from + 1);
  }
}

/**
 * Reads bytes from a position until the buffer is full.
 * @returns false when the file ends earlier
 */
async function fill(file: OpenFile, bytes: Buffer, position: number): Promise<boolean> {
  for (let filled = 0; filled < bytes.length;) {
    const { bytesRead } = await file.read(bytes, filled, bytes.length - filled, position + filled);
    if (bytesRead === 0) return false;
    filled += bytesRead;
  }
  return true;
}
