import { stat } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { BUNDLE_OWN_FOLDER, BUNDLE_PATHS, CodeseederError } from '../../lib/contract/index.js';
import { collectFiles, type CollectedFile } from './collect-files.js';
import type { IgnoreRules } from './folder-filter.js';
import { projectRootOf } from './project-root.js';

/** The Python code that goes into a bundle. */
export interface PythonContents {
  /** Name -> folder: of a project that pip installs, else of a package of that name or of modules. */
  readonly localModules: Readonly<Record<string, string>>;
  /** Name -> requirements file of pip. */
  readonly requirementsFiles: Readonly<Record<string, string>>;
}

/** What makes a folder a project to pip. */
const PROJECT_FILES = ['pyproject.toml', 'setup.py'];

const LOCAL_NAME = /^[A-Za-z0-9_][A-Za-z0-9._-]*$/;

/**
 * Lists the runner's and the user's Python files, as they will lie in the bundle's own folder.
 * @throws CodeseederError `PackFailed`
 */
export async function collectPython(
  { localModules, requirementsFiles }: PythonContents,
  rules: IgnoreRules = {},
): Promise<CollectedFile[]> {
  const folders = await Promise.all(
    Object.entries(localModules).map(
      async ([name, folder]) => [await placeOf(name, folder), folder] as const,
    ),
  );
  const files = Object.entries(requirementsFiles).map(
    ([name, file]) => [`${BUNDLE_PATHS.pythonRequirements}/${name}`, file] as const,
  );
  const runner = await collectFiles(
    Object.fromEntries([belowOwnFolder([BUNDLE_PATHS.pythonRunner, await runnerFolder()])]),
    {},
  );
  const collected = await collectFiles(
    Object.fromEntries(folders.map(belowOwnFolder)),
    Object.fromEntries(files.map(belowOwnFolder)),
    rules,
  );
  return [...collected, ...runner].map((file) => ({ ...file, path: `${BUNDLE_OWN_FOLDER}/${file.path}` }));
}

async function placeOf(name: string, folder: string): Promise<string> {
  if (!LOCAL_NAME.test(name)) {
    throw new CodeseederError(
      'PackFailed',
      `${JSON.stringify(name)} is not the name of a local module; use letters, digits, dots, hyphens and underscores.`,
    );
  }
  const isProject = (await Promise.all(PROJECT_FILES.map((file) => isFile(path.join(folder, file))))).some(
    Boolean,
  );
  return `${isProject ? BUNDLE_PATHS.pythonProjects : BUNDLE_PATHS.pythonModules}/${name}`;
}

/** The bundle's own folder is refused to users: what lies in it is collected without it. */
function belowOwnFolder([place, source]: readonly [string, string]): [string, string] {
  return [place.slice(BUNDLE_OWN_FOLDER.length + 1), source];
}

async function runnerFolder(): Promise<string> {
  const packageFolder = await projectRootOf(fileURLToPath(import.meta.url));
  const folder = path.join(packageFolder, 'dist', 'runner-python');
  if (await isFile(path.join(folder, '__main__.py'))) return folder;
  throw new CodeseederError('PackFailed', `${folder} is missing; in a clone, run npm run build.`);
}

async function isFile(file: string): Promise<boolean> {
  return stat(file).then(
    (found) => found.isFile(),
    () => false,
  );
}
