import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';

/**
 * Returns the content of all files below a folder of a local AWS that were written since a time. Ignores files that
 * disappear while they are read, because runs of other test files may remove them.
 *
 * @param without name of a folder directly below `folder` that is left out
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

/** Returns an error handler that returns `instead` if a file does not exist, and throws any other error. */
const missing =
  <T>(instead: T) =>
  (error: NodeJS.ErrnoException): T => {
    if (error.code !== 'ENOENT') throw error;
    return instead;
  };
