import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

import prettier from 'prettier';

import { referencePages } from './pages.js';

/** The folder of the reference pages. */
export const REFERENCE_FOLDER = path.resolve(import.meta.dirname, '../reference');

/**
 * Compares the pages in docs/reference with those that the code gives now.
 *
 * @returns the text of each page that differs, by file name; undefined for a file that is no page
 */
export async function stalePages(): Promise<ReadonlyMap<string, string | undefined>> {
  const stale = new Map<string, string | undefined>();
  const pages = referencePages();
  for (const [name, text] of pages) {
    const file = path.join(REFERENCE_FOLDER, name);
    const options = await prettier.resolveConfig(file);
    const formatted = await prettier.format(text, { ...options, parser: 'markdown' });
    if ((await readFile(file, 'utf8').catch(() => '')) !== formatted) stale.set(name, formatted);
  }
  for (const name of await readdir(REFERENCE_FOLDER)) {
    if (!pages.has(name)) stale.set(name, undefined);
  }
  return stale;
}
