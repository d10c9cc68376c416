import { randomUUID } from 'node:crypto';
import { createWriteStream, mkdirSync, writeFileSync } from 'node:fs';
import { copyFile, link, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

import { BlobReaders } from './blob-readers.js';
import { openBlobFile, withChecksums, type BlobFile } from './blob-file.js';
import { notWritable } from './damage.js';
import { SMALL_FILE_BYTES } from './small-file.js';

/** A file with content, such as that of an S3 object or a part of it. */
export interface Blob {
  readonly id: string;
  readonly sizeBytes: number;
}

/** A folder of blobs. Ids are random, so a blob can be copied or replaced without regard to object keys. */
export interface BlobFolder {
  /**
   * Writes content. The blob exists only when all of its content is written.
   * @throws LocalAwsError `DataFolderNotWritable`
   */
  write(content: AsyncIterable<Buffer>): Promise<Blob>;
  /** Copies a blob. The copy has an id of its own. */
  copy(blob: Blob): Promise<Blob>;
  /**
   * Reads the bytes from `start` to `end`, both included, of the concatenated blobs. A reader that has started can
   * finish even if the blobs are deleted meanwhile. If content differs from what was written, the stream fails with
   * `DataFolderDamaged` before it yields these bytes.
   * @throws Error `ENOENT` when a blob was deleted; LocalAwsError `DataFolderDamaged` when the first blob has a wrong
   * length
   */
  read(blobs: readonly Blob[], start: number, end: number): Promise<Readable>;
  delete(blobs: readonly Blob[]): Promise<void>;
  /**
   * Deletes all blobs that `isKept` does not accept, such as those that a killed process had just written.
   */
  sweep(isKept: (id: string) => boolean): Promise<void>;
}

const BLOBS = 'blobs';

/**
 * Opens a folder of blobs.
 * @param folder is created if missing, in a data folder
 */
export async function openBlobFolder(folder: string): Promise<BlobFolder> {
  const incoming = join(folder, 'incoming');
  const kept = join(folder, BLOBS);
  await rm(incoming, { recursive: true, force: true });
  await mkdir(incoming, { recursive: true });
  await mkdir(kept, { recursive: true });
  const pathOf = (id: string) => join(folder, blobPath(id));
  const prepared = new Set<string>();
  const prepare = (id: string) => {
    const part = id.slice(0, 2);
    if (!prepared.has(part)) mkdirSync(join(kept, part), { recursive: true });
    prepared.add(part);
    return pathOf(id);
  };
  const readers = new BlobReaders((id) => rm(pathOf(id), { force: true }));
  return {
    write: async (content) => {
      const id = randomUUID();
      const temporary = join(incoming, id);
      try {
        const checked = withChecksums(content);
        await writeFile(checked.stored, temporary, () => prepare(id));
        return { id, sizeBytes: checked.sizeBytes() };
      } catch (error) {
        await Promise.all([temporary, pathOf(id)].map((path) => rm(path, { force: true })));
        throw isDiskFault(error) ? notWritable(folder, error) : error;
      }
    },
    copy: async (blob) => {
      const id = randomUUID();
      const target = prepare(id);
      // A blob never changes, so a hard link is enough. Copies the content if the file system has no hard links.
      await link(pathOf(blob.id), target).catch(() => copyFile(pathOf(blob.id), target));
      return { id, sizeBytes: blob.sizeBytes };
    },
    read: async (blobs, start, end) => {
      const release = readers.hold(blobs);
      try {
        const content = await openRanges(dirname(folder), rangesOf(blobs, start, end, pathOf));
        return content.once('close', release);
      } catch (error) {
        release();
        throw error;
      }
    },
    delete: (blobs) => readers.delete(blobs),
    sweep: async (isKept) => {
      for (const part of await readdir(kept)) {
        for (const id of await readdir(join(kept, part))) {
          if (!isKept(id)) await rm(pathOf(id), { force: true });
        }
      }
    },
  };
}

/** Returns the path of a blob below its folder. */
export function blobPath(id: string): string {
  return join(BLOBS, id.slice(0, 2), id);
}

/**
 * Writes small content with synchronous calls, which take a tenth of the processor time of a stream. If the process
 * is killed meanwhile, no record names the file, and the next start removes it.
 * @param prepare creates the folder, and returns the path of the file in it
 */
async function writeFile(
  content: AsyncGenerator<Buffer, void>,
  temporary: string,
  prepare: () => string,
): Promise<void> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  while (bytes <= SMALL_FILE_BYTES) {
    const next = await content.next();
    if (next.done === true) return writeFileSync(prepare(), Buffer.concat(pieces), { flag: 'wx' });
    pieces.push(next.value);
    bytes += next.value.length;
  }
  const whole = async function* (): AsyncGenerator<Buffer> {
    yield* pieces;
    yield* content;
  };
  await pipeline(whole, createWriteStream(temporary, { flags: 'wx' }));
  await rename(temporary, prepare());
}

function isDiskFault(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOSPC' || code === 'EDQUOT' || code === 'EIO' || code === 'EROFS';
}

interface BlobRange {
  readonly path: string;
  readonly sizeBytes: number;
  readonly start: number;
  readonly end: number;
}

/** Returns the files that contain a range of the concatenated blobs, with the range of bytes in each. */
function rangesOf(
  blobs: readonly Blob[],
  start: number,
  end: number,
  pathOf: (id: string) => string,
): BlobRange[] {
  const found: BlobRange[] = [];
  let offset = 0;
  for (const { id, sizeBytes } of blobs) {
    const from = Math.max(start - offset, 0);
    const to = Math.min(end - offset, sizeBytes - 1);
    if (from <= to) found.push({ path: pathOf(id), sizeBytes, start: from, end: to });
    offset += sizeBytes;
  }
  return found;
}

async function openRanges(dataFolder: string, all: readonly BlobRange[]): Promise<Readable> {
  const [first, ...rest] = all;
  if (first === undefined) return Readable.from([], { objectMode: false });
  const file = await openBlobFile(dataFolder, first);
  const content = Readable.from(inOrder(dataFolder, file, first, rest), { objectMode: false });
  // Closes the file here instead of in the generator, because a reader may stop before the generator has started.
  return content.once('close', () => void file.close());
}

async function* inOrder(
  dataFolder: string,
  file: BlobFile,
  { start, end }: BlobRange,
  rest: readonly BlobRange[],
): AsyncGenerator<Buffer> {
  yield* file.read(start, end);
  for (const range of rest) {
    const next = await openBlobFile(dataFolder, range);
    try {
      yield* next.read(range.start, range.end);
    } finally {
      await next.close();
    }
  }
}
