/**
 * Makes the reference pages in docs/reference from types, docstrings, the contract, the command line and the constructs:
 *
 *     npm run docs               # writes the pages
 *     npm run docs -- --check    # exits with 1 when a page is stale
 */
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

import prettier from 'prettier';

import { referencePages } from './make/pages.js';

// Takes seconds, and is of no use to what is only read.
process.env['CDK_VALIDATION'] = 'false';

const folder = path.join(import.meta.dirname, 'reference');
await mkdir(folder, { recursive: true });

const stale: string[] = [];
const pages = referencePages();
for (const [name, text] of pages) {
  const file = path.join(folder, name);
  const options = await prettier.resolveConfig(file);
  const formatted = await prettier.format(text, { ...options, parser: 'markdown' });
  if ((await readFile(file, 'utf8').catch(() => '')) === formatted) continue;
  stale.push(name);
  if (!process.argv.includes('--check')) await writeFile(file, formatted);
}
for (const name of await readdir(folder)) {
  if (pages.has(name)) continue;
  stale.push(name);
  if (!process.argv.includes('--check')) await rm(path.join(folder, name));
}
if (process.argv.includes('--check') && stale.length > 0) {
  process.stderr.write(`Stale pages in docs/reference: ${stale.join(', ')}. Run: npm run docs\n`);
  process.exitCode = 1;
}
