import { readdir, lstat } from 'node:fs/promises';
import path from 'node:path';

import { ALWAYS_IGNORED, PYTHON_BUILD_PATTERNS } from '../../bundle/files/ignored-patterns.js';

const IGNORED: ReadonlySet<string> = new Set([...ALWAYS_IGNORED, ...PYTHON_BUILD_PATTERNS]);

/**
 * Returns whether a folder has more files or bytes than a limit, without files that a local module leaves out. Stops
 * there, so a large folder takes no longer. Links are not followed.
 */
export async function folderExceeds(
  start: string,
  limit: { readonly files: number; readonly sizeBytes: number },
): Promise<boolean> {
  let files = 0;
  let sizeBytes = 0;
  const waiting = [start];
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      const place = path.join(folder, entry.name);
      if (IGNORED.has(entry.name)) continue;
      if (entry.isDirectory()) waiting.push(place);
      files += 1;
      if (entry.isFile()) sizeBytes += (await lstat(place)).size;
      if (files > limit.files || sizeBytes > limit.sizeBytes) return true;
    }
  }
  return false;
}
