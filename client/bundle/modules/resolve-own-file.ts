import { statSync } from 'node:fs';
import path from 'node:path';

import { filesOfSpelling } from './module-spellings.js';

/** Returns the file that an import of an absolute path resolves to; undefined if there is none. */
export function resolveOwnFile(spelling: string): string | undefined {
  return filesOfSpelling(spelling).find(isFile);
}

/** Returns the nearest file with the given name in the folders above a file. */
export function nearestAbove(file: string, name: string): string | undefined {
  for (let folder = path.dirname(file); ; folder = path.dirname(folder)) {
    const candidate = path.join(folder, name);
    if (isFile(candidate)) return candidate;
    if (folder === path.dirname(folder)) return undefined;
  }
}

function isFile(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false })?.isFile() === true;
}
