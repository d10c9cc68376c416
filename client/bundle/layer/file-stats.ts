import type { Stats } from 'node:fs';

import type { FileStats } from './layer.js';

/** Returns what tells that a file did not change. */
export function statsOf({ size, mtimeMs, ctimeMs, ino }: Stats): FileStats {
  return { sizeBytes: size, mtimeMs, ctimeMs, inode: ino };
}

/** Whether a file did not change between two looks. */
export function isSameFile(one: FileStats, other: FileStats): boolean {
  return (
    one.sizeBytes === other.sizeBytes &&
    one.mtimeMs === other.mtimeMs &&
    one.ctimeMs === other.ctimeMs &&
    one.inode === other.inode
  );
}
