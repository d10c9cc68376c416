import { inOrder } from './in-order.js';
import type { PlacedFiles } from './placed-files.js';
import { directoryRecords, endOfZip } from './zip-directory.js';
import type { ZipLimits } from './zip-format.js';
import type { ZipPiece } from './zip-pieces.js';

const DIRECTORY_CHUNK_RECORDS = 1_000;

/**
 * Yields the bytes of a zip: its files, then its directory.
 *
 * @param placed list to which the files of a piece are added when the piece is yielded
 * @param window number of pieces that are made at the same time
 */
export async function* zipBytes(
  pieces: Iterable<ZipPiece>,
  placed: PlacedFiles,
  { limits, window }: { readonly limits: ZipLimits; readonly window: number },
): AsyncGenerator<Uint8Array> {
  let offset = 0;
  for await (const place of inOrder(pieces, window)) {
    for (const bytes of place(offset)) {
      yield bytes;
      offset += bytes.length;
    }
  }
  const directoryOffset = offset;
  for (let first = 0; first < placed.length; first += DIRECTORY_CHUNK_RECORDS) {
    const records = placed.slice(first, first + DIRECTORY_CHUNK_RECORDS);
    const bytes = directoryRecords(records, limits);
    yield bytes;
    offset += bytes.length;
  }
  const directory = {
    entries: placed.length,
    sizeBytes: offset - directoryOffset,
    offset: directoryOffset,
  };
  yield endOfZip(directory, limits);
}
