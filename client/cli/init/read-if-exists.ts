import { readFile } from 'node:fs/promises';

import { UsageError } from '../exit-code.js';

/** Returns the text of a file, or undefined if there is none. */
export async function readIfExists(file: string): Promise<string | undefined> {
  return readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
    throw new UsageError(`${file} cannot be read: ${error.message}`, { cause: error });
  });
}
