import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { projectRootOf } from '../bundle/files/project-root.js';

/** Returns the version of this package. Its `package.json` is searched upwards, because `dist/` adds a level. */
export async function packageVersion(): Promise<string> {
  const file = path.join(await projectRootOf(fileURLToPath(import.meta.url)), 'package.json');
  return (JSON.parse(await readFile(file, 'utf8')) as { version: string }).version;
}
