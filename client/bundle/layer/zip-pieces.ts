import { combineCrc32 } from './combine-crc32.js';
import type { BatchFile } from './deflate-batch.js';
import type { ChunkTask } from './deflate-chunk.js';
import type { PackPool } from './pack-pool.js';
import type { Placement } from './placed-files.js';
import { SEGMENT_BYTES, type SegmentReader } from './segment-reader.js';
import { changed } from './source-file.js';
import {
  dataDescriptor,
  DEFLATED,
  localHeader,
  needsZip64,
  openHeader,
  type ZipEntry,
  type ZipLimits,
} from './zip-format.js';
import type { DigestedFile } from './digested-file.js';
import { sizeOf, type CopiedFile, type ZipStep } from './zip-steps.js';

/**
 * A function that makes a piece of the zip. Pieces are made in parallel. Their bytes are then requested in order, each
 * with the offset of the piece.
 */
export type ZipPiece = () => Promise<(offset: number) => readonly Uint8Array[]>;

/** The tools that make the pieces of a zip. */
export interface PieceMaker {
  readonly pool: PackPool;
  readonly limits: ZipLimits;
  /** Reads the zip of the layer that an earlier call wrote. */
  readonly former?: SegmentReader | undefined;
  /** Receives each file when its position is known. */
  readonly place: (listed: DigestedFile, placed: Placement) => void;
}

const CHUNK_BYTES = 1024 ** 2;

/** Returns the pieces of a step. */
export function piecesOf(step: ZipStep, maker: PieceMaker): Iterable<ZipPiece> {
  switch (step.kind) {
    case 'compress':
      return [compressBatch(step.files, maker)];
    case 'compressLarge':
      return compressLarge(step.file, maker);
    case 'copy':
      return copy(step.files, maker);
  }
}

function compressBatch(files: readonly DigestedFile[], { pool, limits, place }: PieceMaker): ZipPiece {
  return async () => {
    const { bytes, files: written } = await pool.run('batch', { files: files.map(batchFile), limits });
    return (offset) => {
      let at = offset;
      files.forEach((listed, index) => {
        const file = written[index];
        if (file === undefined) return;
        const dataOffset = at + file.headerBytes;
        const end = dataOffset + file.compressedBytes;
        place(listed, placement(file, { offset: at, dataOffset, end, hasDescriptor: false }));
        at = end;
      });
      return [bytes];
    };
  };
}

function batchFile({ entry, sha256 }: DigestedFile): BatchFile {
  const { path } = entry;
  // Copies the content, because posting a view would send its whole buffer.
  if ('content' in entry) return { path, sha256, content: new Uint8Array(entry.content) };
  return { path, sha256, source: entry.source, stats: entry.stats };
}

/** Compresses the chunks of a large file in parallel. A data descriptor with its sizes follows them. */
function* compressLarge(file: DigestedFile, { pool, limits, place }: PieceMaker): Generator<ZipPiece> {
  const fileBytes = sizeOf(file);
  // Allows for incompressible data, which becomes a little larger.
  const isZip64 = needsZip64(limits, Math.ceil(fileBytes * 1.01));
  const header = openHeader(file.entry.path, isZip64);
  let start = 0;
  let sum = 0;
  let compressedBytes = 0;
  yield async () => (offset) => {
    start = offset;
    return [header];
  };
  for (let position = 0; position < fileBytes; position += CHUNK_BYTES) {
    const sizeBytes = Math.min(CHUNK_BYTES, fileBytes - position);
    yield async () => {
      const chunk = await pool.run('chunk', chunkOf(file, position, sizeBytes));
      return () => {
        sum = combineCrc32(sum, chunk.crc32, sizeBytes);
        compressedBytes += chunk.bytes.length;
        return [chunk.bytes];
      };
    };
  }
  yield async () => (offset) => {
    if (sum !== file.crc32) throw changedFile(file);
    const sizes = { crc32: sum, compressedBytes, sizeBytes: fileBytes };
    const descriptor = dataDescriptor(sizes, isZip64);
    const places = { offset: start, dataOffset: start + header.length, end: offset + descriptor.length };
    place(file, { method: DEFLATED, hasDescriptor: true, ...sizes, ...places });
    return [descriptor];
  };
}

function chunkOf(file: DigestedFile, position: number, sizeBytes: number): ChunkTask {
  const isLast = position + sizeBytes >= sizeOf(file);
  const { entry } = file;
  if ('content' in entry) {
    return { isLast, content: new Uint8Array(entry.content.subarray(position, position + sizeBytes)) };
  }
  return { isLast, source: entry.source, stats: entry.stats, position, sizeBytes };
}

function changedFile({ entry }: DigestedFile): Error {
  return changed('source' in entry ? entry.source : entry.path);
}

/**
 * Copies files of the former zip. Adjacent files that kept their paths are copied as one range with their headers.
 */
function* copy(files: readonly CopiedFile[], { former, limits, place }: PieceMaker): Generator<ZipPiece> {
  let run: CopiedFile[] = [];
  for (const copied of files) {
    const { file, kept } = copied;
    const isSame = kept.path === file.entry.path;
    if (isSame && (run.length === 0 || run.at(-1)?.kept.end === kept.offset)) {
      run.push(copied);
      continue;
    }
    if (run.length > 0) yield* copyRun(run, former, place);
    run = isSame ? [copied] : [];
    if (!isSame) yield* copyData(copied, { former, limits, place });
  }
  if (run.length > 0) yield* copyRun(run, former, place);
}

type CopyMaker = Pick<PieceMaker, 'former' | 'limits' | 'place'>;

function* copyRun(
  run: readonly CopiedFile[],
  former: SegmentReader | undefined,
  place: PieceMaker['place'],
): Generator<ZipPiece> {
  const start = run[0]?.kept.offset ?? 0;
  const end = run.at(-1)?.kept.end ?? start;
  yield async () => (offset) => {
    const moved = offset - start;
    for (const { file, kept } of run) {
      const [dataOffset, end] = [kept.dataOffset + moved, kept.end + moved];
      const { hasDescriptor } = kept;
      place(file, placement(kept, { offset: kept.offset + moved, dataOffset, end, hasDescriptor }));
    }
    return [];
  };
  yield* readPieces(former, start, end);
}

/** Copies a file's compressed data from the former zip, with a new header, because its path has changed. */
function* copyData({ file, kept }: CopiedFile, { former, limits, place }: CopyMaker): Generator<ZipPiece> {
  const header = localHeader(kept, file.entry.path, limits);
  yield async () => (offset) => {
    const dataOffset = offset + header.length;
    const end = dataOffset + kept.compressedBytes;
    place(file, placement(kept, { offset, dataOffset, end, hasDescriptor: false }));
    return [header];
  };
  yield* readPieces(former, kept.dataOffset, kept.dataOffset + kept.compressedBytes);
}

/** Reads one segment at a time, because the data of one file may be gigabytes. */
function* readPieces(former: SegmentReader | undefined, start: number, end: number): Generator<ZipPiece> {
  for (let position = start; position < end; position += SEGMENT_BYTES) {
    const until = Math.min(end, position + SEGMENT_BYTES);
    yield async () => {
      const bytes = former?.read(position, until) ?? [];
      return () => bytes;
    };
  }
}

/**
 * Returns the placement of a file. Copies field by field, because spreading an object from another thread takes ten
 * times the memory.
 */
function placement(
  { method, crc32, compressedBytes, sizeBytes }: Omit<ZipEntry, 'path'>,
  {
    offset,
    dataOffset,
    end,
    hasDescriptor,
  }: Pick<Placement, 'offset' | 'dataOffset' | 'end' | 'hasDescriptor'>,
): Placement {
  return { method, crc32, compressedBytes, sizeBytes, offset, dataOffset, end, hasDescriptor };
}
