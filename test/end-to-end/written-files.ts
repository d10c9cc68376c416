import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';

/**
 * Returns the content of the files below a folder of a local AWS that were written since a time. Runs of other test files
 * may remove files and folders while they are read.
 *
 * @param without name of a folder directly below it that is left out
 */
export async function filesWrittenSince(sinceMs: number, folder: string, without?: string): Promise<string> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(missing([]));
  const texts = await Promise.all(
    entries.map(async (entry) => {
      const file = path.join(folder, entry.name);
      if (entry.isDirectory()) return entry.name === without ? '' : filesWrittenSince(sinceMs, file);
      if (!entry.isFile()) return '';
      const { mtimeMs } = await stat(file).catch(missing({ mtimeMs: 0 }));
      return mtimeMs < sinceMs ? '' : readFile(file, 'latin1').catch(missing(''));
    }),
  );
  return texts.join('\n');
}

/** Returns a handler that replaces the error of a missing file, and throws any other. */
const missing =
  <T>(instead: T) =>
  (error: NodeJS.ErrnoException): T => {
    if (error.code !== 'ENOENT') throw error;
    return instead;
  };
