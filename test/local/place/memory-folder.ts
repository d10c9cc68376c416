import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Makes a temporary folder in memory where the system has a place for it. LevelDB synchronizes files with the disk when it
 * is opened, which takes most of the time of tests that open many databases. The caller removes the folder.
 */
export function makeMemoryFolder(prefix: string): string {
  try {
    return mkdtempSync(join('/dev/shm', prefix));
  } catch {
    return mkdtempSync(join(tmpdir(), prefix));
  }
}
