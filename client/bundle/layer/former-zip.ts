import { open, type FileHandle } from 'node:fs/promises';

import {
  fileIn,
  filesIn,
  summaryIn,
  type KeptFile,
  type PlacedFiles,
  type ZipSummary,
} from './placed-files.js';
import { SegmentReader } from './segment-reader.js';
import { hashInRow, parseTable, type Table } from './table.js';

const MAGIC = Buffer.from('codeseeder zip 1');
/** Size of the footer: eight bytes with the size of the table of files before it, then `MAGIC`. */
const FOOTER_BYTES = 8 + MAGIC.length;

/**
 * Returns the bytes that are appended to a zip so that later calls can copy from it: a table of its files, and a
 * footer.
 */
export function renderIndex(summary: ZipSummary, files: PlacedFiles): Buffer[] {
  const table = files.table(summary);
  const footer = Buffer.alloc(FOOTER_BYTES);
  footer.writeBigUInt64LE(BigInt(table.reduce((sum, piece) => sum + piece.length, 0)), 0);
  MAGIC.copy(footer, 8);
  return [...table, footer];
}

/** The zip of a layer that an earlier call wrote, from which later calls copy compressed files. */
export class FormerZip {
  readonly summary: ZipSummary;
  readonly handle: FileHandle;
  readonly reader: SegmentReader;
  readonly #table: Table;
  #next = 0;
  #byHash: ReadonlyMap<string, number> | undefined;

  constructor(handle: FileHandle, table: Table) {
    this.handle = handle;
    this.#table = table;
    this.summary = summaryIn(table);
    this.reader = new SegmentReader(handle.fd, this.summary);
  }

  /** Returns the file with this path, if it has this content. Fast if paths are looked up in order. */
  findByPath(path: string, sha256: string): KeptFile | undefined {
    const row = this.#table.texts[this.#next] === path ? this.#next : this.#rowOf(path);
    if (this.#table.texts[row] !== path) return undefined;
    this.#next = row + 1;
    return hashInRow(this.#table, row) === sha256 ? this.#fileOf(row) : undefined;
  }

  /** Returns a file with this content at any path. */
  findByContent(sha256: string): KeptFile | undefined {
    this.#byHash ??= this.#rowsByHash();
    const row = this.#byHash.get(sha256);
    return row === undefined ? undefined : this.#fileOf(row);
  }

  /** Returns the first row whose path does not sort before this one. Rows are sorted by path. */
  #rowOf(path: string): number {
    let [low, high] = [0, filesIn(this.#table)];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#table.texts[middle] ?? '') < path) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #rowsByHash(): ReadonlyMap<string, number> {
    const rows = this.#table.texts.slice(0, filesIn(this.#table));
    return new Map(rows.map((_, row) => [hashInRow(this.#table, row), row]));
  }

  #fileOf(row: number): KeptFile {
    const { numbers, texts } = this.#table;
    const file = fileIn(numbers, row);
    return {
      path: texts[row] ?? '',
      offset: file.offset,
      dataOffset: file.dataOffset,
      end: file.end,
      compressedBytes: file.compressedBytes,
      sizeBytes: file.sizeBytes,
      crc32: file.crc32,
      method: file.method,
      hasDescriptor: file.hasDescriptor,
    };
  }
}

/** Opens a former zip. Returns undefined if it is missing, or its table is damaged. */
export async function openFormerZip(file: string): Promise<FormerZip | undefined> {
  const handle = await open(file, 'r').catch(() => undefined);
  if (handle === undefined) return undefined;
  const table = await readIndex(handle).catch(() => undefined);
  if (table !== undefined) return new FormerZip(handle, table);
  await handle.close();
  return undefined;
}

async function readIndex(handle: FileHandle): Promise<Table | undefined> {
  const { size } = await handle.stat();
  const footer = await readAt(handle, size - FOOTER_BYTES, FOOTER_BYTES);
  const tableBytes = Number(footer.readBigUInt64LE(0));
  if (!footer.subarray(8).equals(MAGIC) || tableBytes > size) return undefined;
  return parseTable(await readAt(handle, size - FOOTER_BYTES - tableBytes, tableBytes));
}

async function readAt(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer } = await handle.read({ buffer: Buffer.alloc(length), position });
  return buffer;
}
