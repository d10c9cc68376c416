import { open, type FileHandle } from 'node:fs/promises';
import { crc32 } from 'node:zlib';

import { damaged } from './damage.js';

/** Bytes that have a checksum together. A reader reads them whole. */
const SEGMENT_BYTES = 256 * 1024;
const CHECKSUM_BYTES = 4;

/** An open file of a blob: its content, then a CRC-32 of each segment. A file of an earlier version has none. */
export interface BlobFile {
  /**
   * Reads the bytes from `start` to `end`, both included.
   * @throws LocalAwsError `DataFolderDamaged` before bytes that are not as they were written
   */
  read(start: number, end: number): AsyncGenerator<Buffer>;
  /** May be called more than once. */
  close(): Promise<void>;
}

/** Returns content as it is stored, and its size once all of it was read. */
export function withChecksums(content: AsyncIterable<Buffer>): {
  readonly stored: AsyncIterable<Buffer>;
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
  async function* stored(): AsyncGenerator<Buffer> {
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
 * @param blob path of the file, and size of its content
 * @throws LocalAwsError `DataFolderDamaged` when the file has another length; Error `ENOENT`
 */
export async function openBlobFile(
  dataFolder: string,
  blob: { readonly path: string; readonly sizeBytes: number },
): Promise<BlobFile> {
  const { path, sizeBytes } = blob;
  const file = await open(path);
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

/** @returns undefined for a file without checksums, and what is wrong for a file of another length */
async function readChecksums(file: FileHandle, sizeBytes: number): Promise<Buffer | undefined | string> {
  const { size } = await file.stat();
  if (size === sizeBytes) return undefined;
  const sums = Buffer.alloc(Math.ceil(sizeBytes / SEGMENT_BYTES) * CHECKSUM_BYTES);
  if (size !== sizeBytes + sums.length) return `it has ${size} bytes instead of ${sizeBytes + sums.length}`;
  const { bytesRead } = await file.read(sums, 0, sums.length, sizeBytes);
  return bytesRead === sums.length ? sums : 'its end is missing';
}

async function* readChecked(
  file: FileHandle,
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

/** @returns false when the file is shorter */
async function fill(file: FileHandle, bytes: Buffer, position: number): Promise<boolean> {
  for (let filled = 0; filled < bytes.length;) {
    const { bytesRead } = await file.read(bytes, filled, bytes.length - filled, position + filled);
    if (bytesRead === 0) return false;
    filled += bytesRead;
  }
  return true;
}
