import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { projectRootOf } from '../bundle/project-root.js';

/** Version of this package: as it is installed or in a clone, which differ in how far up its manifest lies. */
export async function packageVersion(): Promise<string> {
  const file = path.join(await projectRootOf(fileURLToPath(import.meta.url)), 'package.json');
  return (JSON.parse(await readFile(file, 'utf8')) as { version: string }).version;
}
