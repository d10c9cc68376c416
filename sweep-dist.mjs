import { access, readdir, rm } from 'node:fs/promises';
import path from 'node:path';

/** Extensions of the files that tsc writes for a source. */
const EMITTED = /\.(js|d\.ts)$/;

/**
 * Deletes compiled files whose source is gone. Other files and all folders stay, because a running local AWS may use
 * them.
 */
export async function sweepDist() {
  await Promise.all(['bin', 'lib', 'client'].map(sweep));
}

async function sweep(folder) {
  const emitted = path.join('dist', folder);
  const entries = await readdir(emitted, { recursive: true, withFileTypes: true }).catch(unlessMissing);
  const files = entries
    .filter((entry) => entry.isFile() && EMITTED.test(entry.name))
    .map((entry) => path.relative(emitted, path.join(entry.parentPath, entry.name)));
  await Promise.all(
    files.map(async (file) => {
      const source = path.join(folder, file.replace(EMITTED, '.ts'));
      if (!(await exists(source))) await rm(path.join(emitted, file), { force: true });
    }),
  );
}

function unlessMissing(error) {
  if (error.code === 'ENOENT') return [];
  throw error;
}

/** Returns whether a file exists. A file that cannot be checked counts as existing. */
function exists(file) {
  return access(file).then(
    () => true,
    (error) => error.code !== 'ENOENT',
  );
}
