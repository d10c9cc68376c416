import { z } from 'zod';

import type { PackageScan } from './scan-package.js';

const place = { file: z.string(), line: z.number().exactOptional() };
const sign = z.object({ ...place, reason: z.string(), file: z.string().exactOptional() });

const keptScan = z.object({
  sign: sign.optional(),
  signsElsewhere: z.array(sign),
  imports: z.array(z.object({ ...place, name: z.string() })),
  undeclared: z.array(z.string()),
  prefixes: z.array(z.string()),
});

/** Parses a scan from the cache. @throws ZodError if it is damaged */
export function parsePackageScan(value: unknown): PackageScan {
  return keptScan.parse(value);
}
