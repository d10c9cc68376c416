import type { Stats } from 'node:fs';

import type { FileStats } from './layer.js';

/** Returns the values by which {@link isSameFile} detects a change. */
export function statsOf({ size, mtimeMs, ctimeMs, ino }: Stats): FileStats {
  return { sizeBytes: size, mtimeMs, ctimeMs, inode: ino };
}

/** Returns whether a file did not change between two calls of `stat`. */
export function isSameFile(one: FileStats, other: FileStats): boolean {
  return (
    one.sizeBytes === other.sizeBytes &&
    one.mtimeMs === other.mtimeMs &&
    one.ctimeMs === other.ctimeMs &&
    one.inode === other.inode
  );
}
