import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { CodeseederError } from '../../lib/contract/index.js';
import { projectRootOf } from './files/project-root.js';

/**
 * Reads the program that runs functions in builds. `npm run build` of this package bundles it.
 * @throws CodeseederError `PackFailed` if this package is a clone that was not built
 */
export async function readRunner(): Promise<Buffer> {
  const packageFolder = await projectRootOf(fileURLToPath(import.meta.url));
  const file = path.join(packageFolder, 'dist', 'runner', 'runner.mjs');
  return readFile(file).catch((cause: unknown) => {
    throw new CodeseederError(
      'PackFailed',
      `${file} is missing. In a clone of codeseeder, run npm run build.`,
      { cause },
    );
  });
}
