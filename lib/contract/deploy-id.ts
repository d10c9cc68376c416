import { createHash } from 'node:crypto';

const LENGTH = 6;

/** Returns six letters that are derived from the seedkit's name, so every synthesis has the same. */
export function deployIdOf(seedkit: string): string {
  const digest = createHash('sha256').update(seedkit).digest();
  return Array.from(digest.subarray(0, LENGTH), (byte) => String.fromCharCode(97 + (byte % 26))).join('');
}
