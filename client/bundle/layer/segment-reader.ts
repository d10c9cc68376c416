import { createHash } from 'node:crypto';
import { readSync } from 'node:fs';
import { crc32 } from 'node:zlib';

/** Thrown if the bytes of a former zip changed since it was written. */
export class FormerZipDamaged extends Error {}

/** Size of a segment. Each segment of a zip has its own checksum. */
export const SEGMENT_BYTES = 1024 ** 2;

/** Computes the size and checksums of a zip while it is written. */
export class SegmentSums {
  readonly #hash = createHash('sha256');
  readonly #segments: number[] = [];
  #sizeBytes = 0;

  add(bytes: Uint8Array): void {
    this.#hash.update(bytes);
    for (let done = 0; done < bytes.length;) {
      const index = Math.floor(this.#sizeBytes / SEGMENT_BYTES);
      const piece = bytes.subarray(done, done + SEGMENT_BYTES - (this.#sizeBytes % SEGMENT_BYTES));
      this.#segments[index] = crc32(piece, this.#segments[index] ?? 0);
      this.#sizeBytes += piece.length;
      done += piece.length;
    }
  }

  /** Returns the size and checksums of all bytes. */
  end(): { sizeBytes: number; checksumSha256: string; segments: readonly number[] } {
    const checksumSha256 = this.#hash.digest('base64');
    return { sizeBytes: this.#sizeBytes, checksumSha256, segments: this.#segments };
  }
}

/** Reads ranges of a former zip, and verifies the segments that they are in. */
export class SegmentReader {
  readonly #descriptor: number;
  readonly #sizeBytes: number;
  readonly #sums: readonly number[];
  #current: { readonly index: number; readonly bytes: Buffer } | undefined;

  constructor(
    descriptor: number,
    { sizeBytes, segments }: { readonly sizeBytes: number; readonly segments: readonly number[] },
  ) {
    this.#descriptor = descriptor;
    this.#sizeBytes = sizeBytes;
    this.#sums = segments;
  }

  /** Returns the bytes of a range, in one or more pieces. Synchronous, because there may be 100,000 ranges. */
  read(start: number, end: number): Uint8Array[] {
    const pieces: Uint8Array[] = [];
    for (let position = start; position < end;) {
      const index = Math.floor(position / SEGMENT_BYTES);
      const first = position - index * SEGMENT_BYTES;
      const piece = this.#segment(index).subarray(first, first + end - position);
      if (piece.length === 0) throw new FormerZipDamaged();
      pieces.push(piece);
      position += piece.length;
    }
    return pieces;
  }

  #segment(index: number): Buffer {
    if (this.#current?.index === index) return this.#current.bytes;
    const start = index * SEGMENT_BYTES;
    const bytes = Buffer.allocUnsafe(Math.max(0, Math.min(SEGMENT_BYTES, this.#sizeBytes - start)));
    const bytesRead = readSync(this.#descriptor, bytes, 0, bytes.length, start);
    if (bytesRead !== bytes.length || crc32(bytes) !== this.#sums[index]) throw new FormerZipDamaged();
    this.#current = { index, bytes };
    return bytes;
  }
}
