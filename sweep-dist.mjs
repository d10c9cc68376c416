import { access, readdir, rm } from 'node:fs/promises';
import path from 'node:path';

/** What tsc makes of a source. */
const EMITTED = /\.(js|js\.map|d\.ts)$/;

/**
 * Deletes what tsc once made of sources that are gone, file by file: whatever still has its source may be in use by a
 * place that is up, and so may any folder.
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

/** Only a source that is certainly gone is; one that cannot be looked at is none of those. */
function exists(file) {
  return access(file).then(
    () => true,
    (error) => error.code !== 'ENOENT',
  );
}
