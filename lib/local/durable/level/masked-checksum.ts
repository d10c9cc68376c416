import { crc32c } from '@aws-crypto/crc32c';

const MASK = 0xa282ead8;

/** Returns whether a checksum in LevelDB's format, a rotated CRC-32C plus a constant, matches the bytes. */
export function isChecksumRight(masked: number, bytes: Uint8Array): boolean {
  const rotated = (masked - MASK) >>> 0;
  return ((rotated >>> 17) | (rotated << 15)) >>> 0 === crc32c(bytes) >>> 0;
}
