import { timingSafeEqual } from 'node:crypto';

import { sha256Hex } from './signing-key.js';

export function equalsInConstantTime(a: string, b: string): boolean {
  // Hashing first gives both sides one length, which the comparison wants.
  return timingSafeEqual(Buffer.from(sha256Hex(a)), Buffer.from(sha256Hex(b)));
}
