import { constants, deflateRawSync } from 'node:zlib';

/** Compression level. It is twice as fast as the default level 6, and zips are 5 percent larger. */
const LEVEL = 3;
const SAMPLES = 3;
const SAMPLE_BYTES = 4 * 1024;
/** Smaller data is compressed without sampling. */
const SAMPLED_FROM_BYTES = 32 * 1024;
/** If no sample shrinks below this share, the data counts as already compressed. */
const WORTHWHILE = 0.97;
const SMALLEST_WINDOW_BITS = 9;
const LARGEST_WINDOW_BITS = 15;

/** Compresses data. Returns undefined if that does not make it smaller. */
export function deflated(data: Uint8Array): Uint8Array | undefined {
  if (data.length === 0 || !seemsCompressible(data)) return undefined;
  const compressed = deflateRawSync(data, settingsFor(data.length));
  return compressed.length < data.length ? compressed : undefined;
}

/** Compresses a piece of a file so that the compressed pieces can be joined. */
export function deflatedPiece(data: Uint8Array, isLast: boolean): Uint8Array {
  return deflateRawSync(data, {
    level: seemsCompressible(data) ? LEVEL : 0,
    chunkSize: data.length + 1024,
    finishFlush: isLast ? constants.Z_FINISH : constants.Z_SYNC_FLUSH,
  });
}

/** Returns settings with a small window for small files: zlib clears its window at each call. */
function settingsFor(sizeBytes: number) {
  const bits = Math.ceil(Math.log2(sizeBytes + 1));
  const windowBits = Math.min(LARGEST_WINDOW_BITS, Math.max(SMALLEST_WINDOW_BITS, bits));
  return { level: LEVEL, windowBits, memLevel: Math.max(1, windowBits - 7), chunkSize: sizeBytes + 1024 };
}

function seemsCompressible(data: Uint8Array): boolean {
  if (data.length < SAMPLED_FROM_BYTES) return true;
  const stride = Math.floor((data.length - SAMPLE_BYTES) / (SAMPLES - 1));
  const samples = Array.from({ length: SAMPLES }, (_, index) =>
    data.subarray(index * stride, index * stride + SAMPLE_BYTES),
  );
  // Compresses each sample separately. If they were joined, incompressible samples could hide one that shrinks.
  return samples.some(
    (sample) =>
      deflateRawSync(sample, { level: 1, windowBits: 12, memLevel: 5 }).length < WORTHWHILE * sample.length,
  );
}
