import { crc32 } from 'node:zlib';

/** Rows that have a SHA-256 each. They are stored in columns, so that tens of thousands are read in milliseconds. */
export interface Table {
  /** A text for each row, without control characters. */
  readonly texts: readonly string[];
  /** The numbers of each row, one row after the other. */
  readonly numbers: Float64Array;
  /** The SHA-256 of each row in hexadecimal, one after the other. */
  readonly hashes: string;
}

const HASH_BYTES = 32;
/** Header: a checksum of all following bytes, the count of rows, the count of numbers, and 4 bytes that are 0. */
const HEADER_BYTES = 16;
const SUM_BYTES = 4;

/** Returns the SHA-256 of a row in hexadecimal. */
export function hashInRow({ hashes }: Table, row: number): string {
  return hashes.slice(row * 2 * HASH_BYTES, (row + 1) * 2 * HASH_BYTES);
}

/** Returns the bytes of a table, in pieces. The first is the header. */
export function renderTable({ texts, numbers, hashes }: Table): Buffer[] {
  // Empty pieces are dropped, because `crc32` of an empty buffer returns 0 instead of the previous checksum.
  const body = [
    Buffer.from(numbers.buffer, numbers.byteOffset, numbers.byteLength),
    Buffer.from(hashes, 'hex'),
    Buffer.from(texts.join('\n')),
  ].filter((piece) => piece.length > 0);
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt32LE(texts.length, 4);
  header.writeUInt32LE(numbers.length, 8);
  const sum = body.reduce((before, piece) => crc32(piece, before), crc32(header.subarray(SUM_BYTES)));
  header.writeUInt32LE(sum, 0);
  return [header, ...body];
}

/**
 * Parses a table. Returns undefined if the bytes are damaged.
 * @param bytes all pieces of {@link renderTable}
 */
export function parseTable(bytes: Buffer): Table | undefined {
  if (bytes.length < HEADER_BYTES) return undefined;
  if (crc32(bytes.subarray(SUM_BYTES)) !== bytes.readUInt32LE(0)) return undefined;
  const body = bytes.subarray(HEADER_BYTES);
  const rows = bytes.readUInt32LE(4);
  const numbersEnd = bytes.readUInt32LE(8) * Float64Array.BYTES_PER_ELEMENT;
  const hashesEnd = numbersEnd + rows * HASH_BYTES;
  // Copies the bytes, because a Float64Array must be aligned to 8 bytes.
  const numbers = new Float64Array(new Uint8Array(body.subarray(0, numbersEnd)).buffer);
  const texts = rows === 0 ? [] : body.toString('utf8', hashesEnd).split('\n');
  return { texts, numbers, hashes: body.toString('hex', numbersEnd, hashesEnd) };
}

/** Finds rows by their text. Looking up rows in their order needs no index. */
export class RowFinder {
  readonly #texts: readonly string[];
  #rows: ReadonlyMap<string, number> | undefined;
  #next = 0;

  constructor({ texts }: Table) {
    this.#texts = texts;
  }

  /** Returns the number of the row with this text, from 0; undefined if there is none. */
  rowOf(text: string): number | undefined {
    if (this.#texts[this.#next] !== text) {
      this.#rows ??= new Map(this.#texts.map((of, row) => [of, row]));
      const row = this.#rows.get(text);
      if (row === undefined) return undefined;
      this.#next = row;
    }
    this.#next += 1;
    return this.#next - 1;
  }
}
