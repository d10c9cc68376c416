import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

import { format } from 'oxfmt';

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
    const { code } = await format(file, text);
    if ((await readFile(file, 'utf8').catch(() => '')) !== code) stale.set(name, code);
  }
  for (const name of await readdir(REFERENCE_FOLDER)) {
    if (!pages.has(name)) stale.set(name, undefined);
  }
  return stale;
}
