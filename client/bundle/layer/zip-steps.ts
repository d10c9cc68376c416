import type { FormerZip } from './former-zip.js';
import type { ContentDigest } from './hash-files.js';
import type { FileEntry } from './layer.js';
import type { KeptFile } from './placed-files.js';

/** A file of a layer whose content is known by its digest. */
export interface DigestedFile extends ContentDigest {
  readonly entry: FileEntry;
}

/** A file whose compressed data the former zip has. */
export interface CopiedFile {
  readonly file: DigestedFile;
  readonly kept: KeptFile;
}

/** A part of writing a zip. */
export type ZipStep =
  | { readonly kind: 'compress'; readonly files: readonly DigestedFile[] }
  | { readonly kind: 'compressLarge'; readonly file: DigestedFile }
  | { readonly kind: 'copy'; readonly files: readonly CopiedFile[] };

const BATCH_FILES = 64;
const BATCH_BYTES = 512 * 1024;
/** A copy costs little, so more of them go at once. */
const COPY_FILES = 1_000;
const COPY_BYTES = 1024 ** 2;
/** Below this, files are not looked for under other names. The manifest of 7,000 files has 1 MB. */
const MOVED_BYTES = 2 * 1024 ** 2;
/** Files from this size on are compressed in pieces. */
export const LARGE_BYTES = 2 * 1024 ** 2;

/** Returns the steps that write the files in their order. */
export function* zipSteps(files: readonly DigestedFile[], former?: FormerZip): Generator<ZipStep> {
  let batch: DigestedFile[] = [];
  let copies: CopiedFile[] = [];
  let bytes = 0;
  function* flush(): Generator<ZipStep> {
    if (batch.length > 0) yield { kind: 'compress', files: batch };
    if (copies.length > 0) yield { kind: 'copy', files: copies };
    [batch, copies, bytes] = [[], [], 0];
  }
  const keptFiles = former === undefined ? [] : findKept(files, former);
  for (const [index, file] of files.entries()) {
    const kept = keptFiles[index];
    if (kept !== undefined) {
      if (batch.length > 0 || copies.length >= COPY_FILES || bytes >= COPY_BYTES) yield* flush();
      copies.push({ file, kept });
      bytes += kept.compressedBytes;
      continue;
    }
    const size = sizeOf(file);
    const isFull = batch.length >= BATCH_FILES || bytes + size > BATCH_BYTES;
    if (copies.length > 0 || isFull || size >= LARGE_BYTES) yield* flush();
    if (size >= LARGE_BYTES) {
      yield { kind: 'compressLarge', file };
    } else {
      batch.push(file);
      bytes += size;
    }
  }
  yield* flush();
}

/** Returns for each file the one of the former zip that has its content. */
function findKept(files: readonly DigestedFile[], former: FormerZip): (KeptFile | undefined)[] {
  const found = files.map(({ entry, sha256 }) => former.findByPath(entry.path, sha256));
  const others = files.filter((_, index) => found[index] === undefined);
  // A little is compressed sooner than it is looked for under other names.
  if (others.reduce((sum, file) => sum + sizeOf(file), 0) < MOVED_BYTES) return found;
  return found.map((kept, index) => kept ?? former.findByContent(files[index]?.sha256 ?? ''));
}

/** Size of a file, not compressed. */
export function sizeOf({ entry }: DigestedFile): number {
  return 'content' in entry ? entry.content.length : entry.stats.sizeBytes;
}
