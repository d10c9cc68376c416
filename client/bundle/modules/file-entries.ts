import { statSync } from 'node:fs';

import type { FileEntry } from '../layer/layer.js';
import type { ModulePlan } from './module-plan.js';

const PERMISSION_BITS = 0o777;

/** Returns entries for files of this machine with their paths in the bundle. */
export function fileEntries(files: Iterable<string>, plan: Pick<ModulePlan, 'placeOf'>): FileEntry[] {
  return [...files].sort().map((file) => {
    const { mode, size, mtimeMs, ctimeMs, ino } = statSync(file);
    return {
      kind: 'file',
      path: plan.placeOf(file),
      mode: mode & PERMISSION_BITS,
      source: file,
      stats: { sizeBytes: size, mtimeMs, ctimeMs, inode: ino },
    };
  });
}
