import type { DigestedFile } from './digested-file.js';
import type { FormerZip } from './former-zip.js';
import type { KeptFile } from './placed-files.js';

/** A file whose compressed data is copied from the former zip. */
export interface CopiedFile {
  readonly file: DigestedFile;
  readonly kept: KeptFile;
}

/** A step of writing a zip. */
export type ZipStep =
  | { readonly kind: 'compress'; readonly files: readonly DigestedFile[] }
  | { readonly kind: 'compressLarge'; readonly file: DigestedFile }
  | { readonly kind: 'copy'; readonly files: readonly CopiedFile[] };

const BATCH_FILES = 64;
const BATCH_BYTES = 512 * 1024;
/** Maximum files and bytes of a step that copies. Copying is fast, so these are higher than for compressing. */
const COPY_FILES = 1_000;
const COPY_BYTES = 1024 ** 2;
/**
 * Minimum total size of the files to search in the former zip under other paths. The files that it does not have under
 * their own paths are searched by content only if they are larger together: compressing less takes less time than
 * searching. The layer's manifest is one of these files after every change, and has 1 MB for 7,000 files.
 */
const MOVED_BYTES = 2 * 1024 ** 2;
/** Files from this size on are compressed in chunks. */
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

/** Returns for each file the file of the former zip with the same content. */
function findKept(files: readonly DigestedFile[], former: FormerZip): (KeptFile | undefined)[] {
  const found = files.map(({ entry, sha256 }) => former.findByPath(entry.path, sha256));
  const others = files.filter((_, index) => found[index] === undefined);
  // Compressing this little data takes less time than searching it under other paths.
  if (others.reduce((sum, file) => sum + sizeOf(file), 0) < MOVED_BYTES) return found;
  return found.map((kept, index) => kept ?? former.findByContent(files[index]?.sha256 ?? ''));
}

/** Returns the uncompressed size of a file. */
export function sizeOf({ entry }: DigestedFile): number {
  return 'content' in entry ? entry.content.length : entry.stats.sizeBytes;
}
