import path from 'node:path';

import { BUNDLE_PATHS, UV_LOCK_FILE } from '../../../lib/contract/index.js';
import { digestLayer, type DigestSettings } from '../layer/digest-layer.js';
import type { LayerEntry } from '../layer/layer.js';
import type { PythonContents } from './collect-python.js';

/** Files of a local project that declare the packages that it needs from package indexes. */
const DEPENDENCIES = ['pyproject.toml', 'setup.py', 'setup.cfg', 'requirements.txt'];

/**
 * Returns a digest of what Python installs from indexes: the requirements files with all that they name, and the
 * dependencies of local projects. The code of projects is left out, because pip installs projects again in each build.
 * @param listed the user's `dirs` and `files`, where requirements may name a wheel
 * @returns null if uv installs local projects. They must not be cached, because uv does not notice that their code
 * changed
 */
export async function digestPythonInstalls(
  entries: readonly LayerEntry[],
  listed: readonly LayerEntry[],
  { installer }: PythonContents,
  settings: DigestSettings,
): Promise<string | null> {
  const projects = entries.filter(({ path: place }) => isBelow(place, BUNDLE_PATHS.pythonProjects));
  const isLocked = entries.some(({ path: place }) => path.posix.basename(place) === UV_LOCK_FILE);
  if (installer === 'uv' ? projects.length > 0 || isLocked : installer === undefined && isLocked) return null;
  const requirements = entries.filter(
    ({ path: place }) =>
      ![BUNDLE_PATHS.pythonProjects, BUNDLE_PATHS.pythonModules, BUNDLE_PATHS.pythonRunner].some((folder) =>
        isBelow(place, folder),
      ),
  );
  const dependencies = projects.filter(({ path: place }) =>
    DEPENDENCIES.includes(path.posix.basename(place)),
  );
  const archives = listed.filter(({ path: place }) => /\.(whl|zip|tar\.gz)$/.test(place));
  const { digest } = await digestLayer('installs', [...requirements, ...dependencies, ...archives], settings);
  return digest;
}

function isBelow(place: string, folder: string): boolean {
  return place.startsWith(`${folder}/`);
}
