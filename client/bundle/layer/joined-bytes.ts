/** Minimum size of the memory for a result's bytes. */
const OUTPUT_BYTES = 1024 ** 2 + 64 * 1024;

/**
 * Joins pieces in memory that can be transferred to another thread and reused. Without reuse, results would add up to
 * 100 MB before the garbage collectors of the threads run.
 *
 * @param memory used if it is large enough
 */
export function joined(pieces: readonly Uint8Array[], memory?: ArrayBuffer): Uint8Array {
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
  const fits = memory !== undefined && memory.byteLength >= length;
  const bytes = new Uint8Array(fits ? memory : new ArrayBuffer(Math.max(OUTPUT_BYTES, length)), 0, length);
  let position = 0;
  for (const piece of pieces) {
    bytes.set(piece, position);
    position += piece.length;
  }
  return bytes;
}
