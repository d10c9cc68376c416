import { z } from 'zod';

import type { PackageScan } from './scan-package.js';

const place = { file: z.string(), line: z.number().exactOptional() };
const sign = z.object({ ...place, reason: z.string(), file: z.string().exactOptional() });

const keptScan = z.object({
  sign: sign.exactOptional(),
  signsElsewhere: z.array(sign),
  imports: z.array(z.object({ ...place, name: z.string() })),
  undeclared: z.array(z.string()),
  prefixes: z.array(z.string()),
});

/** Reads a scan that was kept in the cache. @throws ZodError when it is damaged */
export function parsePackageScan(value: unknown): PackageScan {
  return keptScan.parse(value);
}
