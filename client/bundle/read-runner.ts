import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { CodeseederError } from '../../lib/contract/index.js';
import { projectRootOf } from './project-root.js';

/**
 * The program that runs functions in builds, which is bundled on its own by this package's build.
 * @throws CodeseederError `PackFailed` when this package was not built
 */
export async function readRunner(): Promise<Buffer> {
  const packageFolder = await projectRootOf(fileURLToPath(import.meta.url));
  const file = path.join(packageFolder, 'dist', 'runner', 'runner.mjs');
  return readFile(file).catch((cause: unknown) => {
    throw new CodeseederError('PackFailed', `${file} is missing; in a clone, run npm run build.`, { cause });
  });
}
