import { createHash } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';

import { cacheFolder, keepInCache, keepWithin, touch } from './cache-folder.js';
import type { ContentDigest } from './hash-files.js';
import type { FileStats } from './layer.js';
import type { SourceFile } from './source-file.js';
import { hashInRow, parseTable, renderTable, RowFinder, type Table } from './table.js';

/** The digests of a layer's files from earlier calls. */
export interface DigestCache {
  /** Returns the digest of a file that did not change since it was stored. */
  get(file: SourceFile): ContentDigest | undefined;
  /**
   * Stores the digests of these files and drops those of earlier calls.
   * @param readAtMs time at which reading began
   */
  keep(files: readonly (readonly [SourceFile, ContentDigest])[], readAtMs: number): void;
  /** Removes all digests. */
  clear(): void;
}

const PART = 'digests';
const HEADER = Buffer.from('codeseeder digests 1\n');
const BOUNDS = { files: 100, bytes: 200 * 1024 ** 2 };

/**
 * Digests of files that changed more recently are not stored: a second change in the same clock tick would not change
 * the times.
 */
const TOO_RECENT_MS = 2_000;

/** Number of values in a row: size, time of modification, time of change, inode and CRC-32. */
const NUMBERS = 5;

/**
 * Opens the digests of a layer.
 * @param key identifies the layer
 * @param folder the folder of all its files
 */
export function openDigestCache(key: string, folder: string): DigestCache {
  const cache = cacheFolder(PART);
  if (cache === undefined) return { get: () => undefined, keep: () => undefined, clear: () => undefined };
  const name = createHash('sha256').update(key).digest('hex').slice(0, 32);
  const file = path.join(cache, name);
  let kept: KeptDigests | undefined;
  return {
    get: ({ source, stats }) => (kept ??= new KeptDigests(file)).get(source.slice(folder.length), stats),
    keep(files, readAtMs) {
      const trusted = files.filter(([{ stats }]) => !isTooRecent(stats, readAtMs));
      keepInCache(cache, name, [HEADER, ...renderTable(tableOf(trusted, folder))]);
      keepWithin(cache, BOUNDS);
    },
    clear: () => rmSync(file, { force: true }),
  };
}

function tableOf(files: readonly (readonly [SourceFile, ContentDigest])[], folder: string): Table {
  const numbers = new Float64Array(files.length * NUMBERS);
  for (const [index, [{ stats }, digest]] of files.entries()) {
    const { sizeBytes, mtimeMs, ctimeMs, inode } = stats;
    numbers.set([sizeBytes, mtimeMs, ctimeMs, inode, digest.crc32], index * NUMBERS);
  }
  return {
    texts: files.map(([{ source }]) => source.slice(folder.length)),
    numbers,
    hashes: files.map(([, { sha256 }]) => sha256).join(''),
  };
}

function isTooRecent({ mtimeMs, ctimeMs }: FileStats, readAtMs: number): boolean {
  // A ctime in the future, which comes from another clock, counts as too recent. An mtime does not, because a program
  // can set it to any time.
  return ctimeMs > readAtMs - TOO_RECENT_MS || Math.abs(mtimeMs - readAtMs) < TOO_RECENT_MS;
}

/** Digests from an earlier call. A file that is damaged, or of another version, is ignored. */
class KeptDigests {
  readonly #table: Table;
  readonly #rows: RowFinder;

  constructor(file: string) {
    this.#table = readTable(file) ?? { texts: [], numbers: new Float64Array(), hashes: '' };
    this.#rows = new RowFinder(this.#table);
  }

  get(below: string, { sizeBytes, mtimeMs, ctimeMs, inode }: FileStats): ContentDigest | undefined {
    const row = this.#rows.rowOf(below);
    if (row === undefined) return undefined;
    const { numbers } = this.#table;
    const first = row * NUMBERS;
    const isSame =
      numbers[first] === sizeBytes &&
      numbers[first + 1] === mtimeMs &&
      numbers[first + 2] === ctimeMs &&
      numbers[first + 3] === inode;
    return isSame ? { sha256: hashInRow(this.#table, row), crc32: numbers[first + 4] ?? 0 } : undefined;
  }
}

function readTable(file: string): Table | undefined {
  try {
    const bytes = readFileSync(file);
    if (!bytes.subarray(0, HEADER.length).equals(HEADER)) return undefined;
    touch(file);
    return parseTable(bytes.subarray(HEADER.length));
  } catch {
    return undefined;
  }
}
