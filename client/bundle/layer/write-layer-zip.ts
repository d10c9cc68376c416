import { createHash } from 'node:crypto';
import path from 'node:path';

import { CodeseederError } from '../../../lib/contract/codeseeder-error.js';
import { readChunks } from './unnamed-file.js';
import { cacheFolder, keepWithin, touch } from './cache-folder.js';
import { openFormerZip, renderIndex, type FormerZip } from './former-zip.js';
import type { LayerZip } from './layer.js';
import { withPool } from './pack-pool.js';
import { refusePacking } from './refuse-packing.js';
import { PlacedFiles } from './placed-files.js';
import { FormerZipDamaged, SEGMENT_BYTES, SegmentSums } from './segment-reader.js';
import { zipBytes } from './zip-bytes.js';
import { ZIP_LIMITS, type ZipLimits } from './zip-format.js';
import { openZipFile, type ZipFile } from './zip-file.js';
import { piecesOf, type PieceMaker, type ZipPiece } from './zip-pieces.js';
import type { DigestedFile } from './digested-file.js';
import { sizeOf, zipSteps } from './zip-steps.js';

/** The contents of a layer's zip. */
export interface ZipContents {
  /** Identifies the layer in the cache. */
  readonly key: string;
  /** Digest of the layer. */
  readonly digest: string;
  /** All files, including the manifest, sorted by path. */
  readonly files: readonly DigestedFile[];
}

/** How a layer's zip is made. */
export interface ZipSettings {
  readonly signal?: AbortSignal | undefined;
  /** Sizes from which the zip64 format is used. */
  readonly limits?: ZipLimits | undefined;
}

const PART = 'zips';
const BOUNDS = { files: 100, bytes: 2 * 1024 ** 3 };
const MAX_KEPT_BYTES = 1024 ** 3;
/** Smaller zips are not cached: writing one is as fast as copying it. */
const MIN_KEPT_BYTES = 256 * 1024;
/** Up to these limits, this thread compresses the files, because starting other threads takes longer. */
const INLINE = { files: 100, bytes: 2 * 1024 ** 2 };
/** Pieces per thread that are started ahead. Limits the memory, and keeps each thread busy. */
const PIECES_AHEAD = 3;

/**
 * Writes a layer's zip into a file of the cache or a temporary file. Files that did not change are copied from the
 * layer's former zip. If no file changed, the former zip is returned.
 * @throws CodeseederError `PackFailed` if a file changed since its digest was computed, or the zip cannot be written
 */
export async function writeLayerZip(contents: ZipContents, settings: ZipSettings = {}): Promise<LayerZip> {
  const folder = sizeInAll(contents.files) < MIN_KEPT_BYTES ? undefined : cacheFolder(PART);
  const name = createHash('sha256').update(contents.key).digest('hex').slice(0, 32);
  const kept = folder === undefined ? undefined : path.join(folder, `${name}.zip`);
  const former = kept === undefined ? undefined : await openFormerZip(kept);
  if (former === undefined) return writeNewZip(contents, settings, folder, kept);
  let isReturned = false;
  try {
    if (kept !== undefined) touch(kept);
    if (former.summary.digest === contents.digest && isIntact(former)) {
      isReturned = true;
      return zipOf(former);
    }
    return await writeNewZip(contents, settings, folder, kept, former);
  } catch (error) {
    if (!(error instanceof FormerZipDamaged)) throw error;
    return await writeNewZip(contents, settings, folder, kept);
  } finally {
    if (!isReturned) await former.handle.close();
  }
}

/** Returns whether a former zip still has the bytes that were written. @throws FormerZipDamaged if it does not */
function isIntact({ reader, summary: { sizeBytes } }: FormerZip): boolean {
  for (let start = 0; start < sizeBytes; start += SEGMENT_BYTES) {
    reader.read(start, Math.min(sizeBytes, start + SEGMENT_BYTES));
  }
  return true;
}

function zipOf({ summary: { sizeBytes, checksumSha256 }, handle }: FormerZip): LayerZip {
  return {
    sizeBytes,
    checksumSha256,
    read: (start, end = sizeBytes) => readChunks(handle, start, Math.min(end, sizeBytes)),
    dispose: () => handle.close(),
  };
}

async function writeNewZip(
  contents: ZipContents,
  settings: ZipSettings,
  folder: string | undefined,
  kept: string | undefined,
  former?: FormerZip,
): Promise<LayerZip> {
  const file = await openZipFile(folder).catch(cannotWrite);
  try {
    const { placed, ...sums } = await fill(file, contents, settings, former);
    const { sizeBytes, checksumSha256 } = sums;
    if (folder !== undefined && kept !== undefined && sizeBytes <= MAX_KEPT_BYTES) {
      await file.keep(kept, renderIndex({ digest: contents.digest, ...sums }, placed), sizeBytes);
      keepWithin(folder, BOUNDS);
    }
    return {
      sizeBytes,
      checksumSha256,
      read: (start, end = sizeBytes) => file.read(start, Math.min(end, sizeBytes)),
      dispose: file.dispose,
    };
  } catch (error) {
    await file.dispose();
    throw error;
  }
}

async function fill(
  file: ZipFile,
  { files }: ZipContents,
  { signal, limits = ZIP_LIMITS }: ZipSettings,
  former: FormerZip | undefined,
): Promise<{ placed: PlacedFiles } & ReturnType<SegmentSums['end']>> {
  const steps = [...zipSteps(files, former)];
  const toCompress = steps.flatMap((step) => (step.kind === 'compress' ? step.files : []));
  const hasLarge = steps.some((step) => step.kind === 'compressLarge');
  const isLittle = !hasLarge && toCompress.length <= INLINE.files && sizeInAll(toCompress) <= INLINE.bytes;
  const placed = new PlacedFiles();
  const sums = new SegmentSums();
  await withPool({ inThisThread: isLittle, signal }, async (pool) => {
    const place: PieceMaker['place'] = (file, placement) => placed.add(file, placement);
    const maker = { pool, limits, place, former: former?.reader };
    const pieces = function* (): Generator<ZipPiece> {
      for (const step of steps) yield* piecesOf(step, maker);
    };
    let before: Uint8Array | undefined;
    const measured = async function* (): AsyncGenerator<Uint8Array> {
      for await (const bytes of zipBytes(pieces(), placed, { limits, window: pool.width * PIECES_AHEAD })) {
        signal?.throwIfAborted();
        sums.add(bytes);
        yield bytes;
        // Frees the piece before the last: it is written when the next piece is requested.
        if (before !== undefined) pool.recycle(before);
        before = bytes;
      }
    };
    await file.write(measured());
  }).catch((cause: unknown) => {
    const isOwnError = cause instanceof CodeseederError || cause instanceof FormerZipDamaged;
    if (isOwnError || signal?.aborted === true) throw cause;
    return cannotWrite(cause);
  });
  return { placed, ...sums.end() };
}

function cannotWrite(cause: unknown): never {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return refusePacking(
    `The zip of a layer cannot be written: ${reason}; free space in the temporary and the cache folder`,
    cause,
  );
}

function sizeInAll(files: readonly DigestedFile[]): number {
  return files.reduce((sum, file) => sum + sizeOf(file), 0);
}
