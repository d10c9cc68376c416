import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { BUNDLE_PATHS, CodeseederError, type PythonInstaller } from '../../../lib/contract/index.js';
import type { IgnoreRules } from '../files/folder-filter.js';
import { projectRootOf } from '../files/project-root.js';
import { joinListings, type Listing } from '../files/list-folder.js';
import { collectOwn, pythonRules } from './collect-named.js';
import { collectRequirements } from './collect-requirements.js';
import { kindAt } from './local-reference.js';
import { packingPlace } from './named.js';
import { readPythonFolder } from './python-project.js';

/** The Python code of a bundle. */
export interface PythonContents {
  /** Name -> folder. pip or uv installs a project; packages and single modules are put on the module path. */
  readonly localModules: Readonly<Record<string, string>>;
  /** Name -> requirements file of pip, in the order of installation. */
  readonly requirementsFiles: Readonly<Record<string, string>>;
  /** @default uv for a project with a `uv.lock`, else pip */
  readonly installer?: PythonInstaller;
}

/** The other files of the bundle, which requirements files may name, and the patterns of files to leave out. */
export interface PythonSurroundings extends IgnoreRules {
  readonly dirs?: Readonly<Record<string, string>> | undefined;
  readonly files?: Readonly<Record<string, string>> | undefined;
}

const LOCAL_NAME = /^[A-Za-z0-9_][A-Za-z0-9._-]*$/;

/**
 * Lists the Python files of the runner and of the user, with their paths in the bundle. Relative paths in requirements
 * files are resolved as pip does, from the working folder of this process.
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
  const place = packingPlace(process.cwd(), process.env, { dirs, files });
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
  const { isProject } = await readPythonFolder(folder, installer);
  return `${isProject ? BUNDLE_PATHS.pythonProjects : BUNDLE_PATHS.pythonModules}/${name}`;
}

async function runnerFolder(): Promise<string> {
  const packageFolder = await projectRootOf(fileURLToPath(import.meta.url));
  const folder = path.join(packageFolder, 'dist', 'runner-python');
  if ((await kindAt(path.join(folder, '__main__.py'))) === 'file') return folder;
  throw new CodeseederError(
    'PackFailed',
    `${folder} is missing. In a clone of codeseeder, run npm run build. Otherwise install codeseeder again.`,
  );
}
