/**
 * Makes the reference pages in docs/reference from types, docstrings, the contract, the command line and the constructs:
 *
 *     npm run docs               # writes the pages
 *     npm run docs -- --check    # exits with 1 when a page is stale
 */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { REFERENCE_FOLDER, stalePages } from './make/stale-pages.js';

// The CDK's validation takes seconds, and this template is only read, not deployed.
process.env['CDK_VALIDATION'] = 'false';

await mkdir(REFERENCE_FOLDER, { recursive: true });
const stale = await stalePages();
if (!process.argv.includes('--check')) {
  for (const [name, text] of stale) {
    const file = path.join(REFERENCE_FOLDER, name);
    await (text === undefined ? rm(file) : writeFile(file, text));
  }
} else if (stale.size > 0) {
  process.stderr.write(`Stale pages in docs/reference: ${[...stale.keys()].join(', ')}. Run: npm run docs\n`);
  process.exitCode = 1;
}
