import { hashInRow, renderTable, type Table } from './table.js';
import { DEFLATED, STORED, type PlacedEntry } from './zip-format.js';
import type { DigestedFile } from './digested-file.js';

/** Position and compression of a file in a zip. */
export interface Placement extends Omit<PlacedEntry, 'path' | 'mode'> {
  /** Offset of the compressed data. */
  readonly dataOffset: number;
  /** Offset of the next file. */
  readonly end: number;
}

/** A file of a former zip. It may have another path now. */
export interface KeptFile extends Placement {
  readonly path: string;
}

/** Properties of a whole zip. */
export interface ZipSummary {
  /** Digest of the layer. */
  readonly digest: string;
  readonly sizeBytes: number;
  /** SHA-256 of the zip in base64. */
  readonly checksumSha256: string;
  /** CRC-32 of each segment of the zip. */
  readonly segments: readonly number[];
}

/** Number of values in a file's row. */
const NUMBERS = 6;
/** The last rows describe the zip itself. */
const ZIP_ROWS = 2;

/** The files of a zip in order. They are stored in columns, because 50,000 objects would take too much memory. */
export class PlacedFiles {
  readonly #files: DigestedFile[] = [];
  #numbers = new Float64Array(256 * NUMBERS);

  get length(): number {
    return this.#files.length;
  }

  /** Adds a file. */
  add(listed: DigestedFile, file: Placement): void {
    const first = this.#files.push(listed) * NUMBERS - NUMBERS;
    if (first + NUMBERS > this.#numbers.length) {
      const more = new Float64Array(2 * this.#numbers.length);
      more.set(this.#numbers);
      this.#numbers = more;
    }
    const numbers = this.#numbers;
    numbers[first] = file.offset;
    numbers[first + 1] = file.dataOffset;
    numbers[first + 2] = file.end;
    numbers[first + 3] = file.compressedBytes;
    numbers[first + 4] = file.sizeBytes;
    // The two lowest bits hold the method and whether there is a descriptor.
    numbers[first + 5] = file.crc32 * 4 + (file.method === DEFLATED ? 2 : 0) + (file.hasDescriptor ? 1 : 0);
  }

  /** Returns a range of the files. @param end exclusive */
  slice(start: number, end: number): PlacedEntry[] {
    return this.#files.slice(start, end).map(({ entry: { path, mode } }, index) => {
      const { offset, compressedBytes, sizeBytes, crc32, method, hasDescriptor } = fileIn(
        this.#numbers,
        start + index,
      );
      return { path, mode, offset, compressedBytes, sizeBytes, crc32, method, hasDescriptor };
    });
  }

  /** Returns the table of a zip's files, which later calls need to copy files from the zip. */
  table({ digest, sizeBytes, checksumSha256, segments }: ZipSummary): Buffer[] {
    const end = this.length * NUMBERS;
    const numbers = new Float64Array(end + 1 + segments.length);
    numbers.set(this.#numbers.subarray(0, end));
    numbers.set([sizeBytes, ...segments], end);
    const checksum = Buffer.from(checksumSha256, 'base64').toString('hex');
    const hashes = [...this.#files.map(({ sha256 }) => sha256), digest, checksum].join('');
    return renderTable({ texts: [...this.#files.map(({ entry }) => entry.path), '', ''], numbers, hashes });
  }
}

/** Returns the number of files in a table. */
export function filesIn(table: Table): number {
  return table.texts.length - ZIP_ROWS;
}

/** Returns the properties of the whole zip from its table. */
export function summaryIn(table: Table): ZipSummary {
  const files = filesIn(table);
  const [sizeBytes = 0, ...segments] = table.numbers.subarray(files * NUMBERS);
  const checksumSha256 = Buffer.from(hashInRow(table, files + 1), 'hex').toString('base64');
  return { digest: hashInRow(table, files), sizeBytes, checksumSha256, segments };
}

/** Returns the placement of a file from the numbers of a table. */
export function fileIn(numbers: Float64Array, row: number): Placement {
  const first = row * NUMBERS;
  const sum = numbers[first + 5] ?? 0;
  return {
    offset: numbers[first] ?? 0,
    dataOffset: numbers[first + 1] ?? 0,
    end: numbers[first + 2] ?? 0,
    compressedBytes: numbers[first + 3] ?? 0,
    sizeBytes: numbers[first + 4] ?? 0,
    crc32: Math.floor(sum / 4),
    method: sum % 4 >= 2 ? DEFLATED : STORED,
    hasDescriptor: sum % 2 === 1,
  };
}
