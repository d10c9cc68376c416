// Copies the pages of lib/local (*.md) to dist/lib/local, where messages of the published package point to, and removes
// copies of pages that no longer exist. `npm run build` runs it after tsc.
import { cp, readdir, rm } from 'node:fs/promises';
import path from 'node:path';

const sources = 'lib/local';
const copies = 'dist/lib/local';

const pages = await pagesIn(sources);
await Promise.all(pages.map((page) => cp(path.join(sources, page), path.join(copies, page))));
const stale = (await pagesIn(copies)).filter((page) => !pages.includes(page));
await Promise.all(stale.map((page) => rm(path.join(copies, page))));

/** Returns the paths of the Markdown pages below a folder, relative to it. */
async function pagesIn(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && entry.name.endsWith('.md'))
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)));
}
