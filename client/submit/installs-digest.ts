import { createHash } from 'node:crypto';

import type { BuildOptions } from '../../lib/contract/index.js';

/**
 * Returns the digest under which a build caches what it installs from package indexes: its virtual environment, and the
 * downloads of npm and pipx.
 * @param pythonInstalls digest of what the Python code of the bundle needs; null if its installation must not be
 * cached; undefined for a bundle without Python code
 * @returns undefined if the build installs nothing, or something whose changes the digest would not show
 */
export function installsDigest(
  build: BuildOptions,
  pythonInstalls: string | null | undefined,
): string | undefined {
  const {
    packages = {},
    pythonModules = [],
    pipxModules = [],
    pythonInstaller,
    npmMirror,
    pypiMirror,
  } = build;
  const installs = [Object.entries(packages).sort(), pythonModules, pipxModules];
  if (pythonInstalls === null || [...pythonModules, ...pipxModules].some(isLocal)) return undefined;
  if (pythonInstalls === undefined && installs.every((list) => list.length === 0)) return undefined;
  const parts = [...installs, pythonInstaller, npmMirror, pypiMirror, pythonInstalls];
  const text = JSON.stringify(parts.map((part) => part ?? null));
  return createHash('sha256').update(text).digest('hex').slice(0, 20);
}

/** Returns whether a requirement is a path. pip and uv may not notice that the content at a path has changed. */
function isLocal(requirement: string): boolean {
  const address = requirement.split(/\s@\s/)[1];
  return address === undefined ? requirement.includes('/') : address.startsWith('file:');
}
