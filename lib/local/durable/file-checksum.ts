import { createReadStream } from 'node:fs';
import { crc32 } from 'node:zlib';

/** Size and CRC-32 of a file. */
export interface FileChecksum {
  readonly sizeBytes: number;
  readonly crc32: number;
}

const PIECE_BYTES = 1024 * 1024;

/** Computes the size and checksum of a file. @throws Error `ENOENT` */
export async function measureFile(path: string): Promise<FileChecksum> {
  let sizeBytes = 0;
  let sum = 0;
  for await (const piece of createReadStream(path, { highWaterMark: PIECE_BYTES }) as AsyncIterable<Buffer>) {
    sizeBytes += piece.length;
    sum = crc32(piece, sum);
  }
  return { sizeBytes, crc32: sum };
}

/**
 * Returns the difference between a file and its expected checksum, as the end of the sentence `<file> is damaged: `.
 */
export async function changeOfFile(path: string, expected: FileChecksum): Promise<string | undefined> {
  try {
    const found = await measureFile(path);
    if (found.sizeBytes !== expected.sizeBytes) {
      return `it has ${found.sizeBytes} bytes, and had ${expected.sizeBytes} when it was last written`;
    }
    return found.crc32 === expected.crc32 ? undefined : 'its checksum does not match';
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 'it is missing';
    throw error;
  }
}
