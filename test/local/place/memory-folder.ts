import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Creates a temporary folder, in memory if the system supports it. LevelDB flushes files to the disk when it is
 * opened, which would take most of the time of tests that open many databases. The caller removes the folder.
 */
export function makeMemoryFolder(prefix: string): string {
  try {
    return mkdtempSync(join('/dev/shm', prefix));
  } catch {
    return mkdtempSync(join(tmpdir(), prefix));
  }
}
