/**
 * Makes the reference pages in docs/reference, and the JSON schemas of events in schemas/, from types, docstrings, the
 * contract, the command line and the constructs:
 *
 *     npm run docs               # writes the files
 *     npm run docs -- --check    # exits with 1 when a file is stale
 */
import { mkdir, rm, writeFile } from 'node:fs/promises';

import { GENERATED_FOLDERS, staleFiles } from './make/stale-pages.js';

// The CDK's validation takes seconds, and this template is only read, not deployed.
process.env['CDK_VALIDATION'] = 'false';

for (const folder of GENERATED_FOLDERS) await mkdir(folder, { recursive: true });
const stale = await staleFiles();
if (!process.argv.includes('--check')) {
  for (const [file, text] of stale) {
    await (text === undefined ? rm(file) : writeFile(file, text));
  }
} else if (stale.size > 0) {
  process.stderr.write(`Stale files: ${[...stale.keys()].join(', ')}. Run: npm run docs\n`);
  process.exitCode = 1;
}
