import { timingSafeEqual } from 'node:crypto';

import { sha256Hex } from './signing-key.js';

export function equalsInConstantTime(a: string, b: string): boolean {
  // The comparison needs both sides to have the same length.
  return timingSafeEqual(Buffer.from(sha256Hex(a)), Buffer.from(sha256Hex(b)));
}
