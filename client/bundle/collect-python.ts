import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { BUNDLE_PATHS, CodeseederError, type PythonInstaller } from '../../lib/contract/index.js';
import type { IgnoreRules } from './folder-filter.js';
import { projectRootOf } from './project-root.js';
import type { Listing } from './layer/list-folder.js';
import { collectOwn, joinListings, pythonRules } from './python/collect-named.js';
import { collectRequirements } from './python/collect-requirements.js';
import { kindAt } from './python/local-reference.js';
import { packingPlace } from './python/named.js';
import { lookAtFolder } from './python/python-project.js';

/** The Python code that goes into a bundle. */
export interface PythonContents {
  /** Name -> folder: of a project that is installed, else of a package of that name or of modules. */
  readonly localModules: Readonly<Record<string, string>>;
  /** Name -> requirements file of pip, in the order they are installed. */
  readonly requirementsFiles: Readonly<Record<string, string>>;
  /** @default uv for a project with a `uv.lock`, else pip */
  readonly installer?: PythonInstaller;
}

/** What else is in the bundle, and what is left out of folders. */
export interface PythonSurroundings extends IgnoreRules {
  readonly dirs?: Readonly<Record<string, string>>;
  readonly files?: Readonly<Record<string, string>>;
}

const LOCAL_NAME = /^[A-Za-z0-9_][A-Za-z0-9._-]*$/;

/**
 * Lists the runner's and the user's Python files with their paths in the bundle's own folder. Paths in requirements
 * files count as they do for pip, from the working folder of this process.
 *
 * @throws CodeseederError `PackFailed`
 */
export async function collectPython(
  { localModules, requirementsFiles, installer }: PythonContents,
  { dirs, files, ...rules }: PythonSurroundings = {},
): Promise<Listing> {
  const folders = await Promise.all(
    Object.entries(localModules).map(
      async ([name, folder]) => [await placeOf(name, folder, installer), folder] as const,
    ),
  );
  const place = packingPlace(process.cwd(), process.env, { ...(dirs && { dirs }), ...(files && { files }) });
  const collected = await Promise.all([
    collectOwn({ [BUNDLE_PATHS.pythonRunner]: await runnerFolder() }, {}),
    collectOwn(Object.fromEntries(folders), {}, pythonRules(rules)),
    collectRequirements(Object.values(requirementsFiles), place, rules),
  ]);
  return joinListings(collected);
}

async function placeOf(name: string, folder: string, installer?: PythonInstaller): Promise<string> {
  if (!LOCAL_NAME.test(name)) {
    throw new CodeseederError(
      'PackFailed',
      `${JSON.stringify(name)} is not the name of a local module; use letters, digits, dots, hyphens and underscores.`,
    );
  }
  const { isProject } = await lookAtFolder(folder, installer);
  return `${isProject ? BUNDLE_PATHS.pythonProjects : BUNDLE_PATHS.pythonModules}/${name}`;
}

async function runnerFolder(): Promise<string> {
  const packageFolder = await projectRootOf(fileURLToPath(import.meta.url));
  const folder = path.join(packageFolder, 'dist', 'runner-python');
  if ((await kindAt(path.join(folder, '__main__.py'))) === 'file') return folder;
  throw new CodeseederError('PackFailed', `${folder} is missing; in a clone, run npm run build.`);
}
