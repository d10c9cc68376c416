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
  /**
   * Name -> folder or file of a module. pip or uv installs a project; packages and single modules are put on the module
   * path.
   */
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

/** Ending of a module that is a single file. */
const MODULE_FILE = '.py';

/**
 * Lists the Python files of the runner and of the user, with their paths in the bundle. Relative paths in requirements
 * files are resolved as pip does, from the working folder of this process.
 *
 * @throws CodeseederError `PackFailed`
 */
export async function collectPython(
  { localModules, requirementsFiles, installer }: PythonContents,
  { dirs, files: otherFiles, ...rules }: PythonSurroundings = {},
): Promise<Listing> {
  const files: Record<string, string> = {};
  const folders: Record<string, string> = {};
  for (const [name, source] of Object.entries(localModules)) {
    refuseWrongName(name);
    if ((await kindAt(source)) === 'file') files[placeOfFile(name, source)] = source;
    else folders[await placeOfFolder(name, source, installer)] = source;
  }
  const place = packingPlace(process.cwd(), process.env, { dirs, files: otherFiles });
  const collected = await Promise.all([
    collectOwn({ [BUNDLE_PATHS.pythonRunner]: await runnerFolder() }, {}),
    collectOwn(folders, files, pythonRules(rules)),
    collectRequirements(Object.values(requirementsFiles), place, rules),
  ]);
  return joinListings(collected);
}

function refuseWrongName(name: string): void {
  if (LOCAL_NAME.test(name)) return;
  throw new CodeseederError(
    'PackFailed',
    `${JSON.stringify(name)} is not the name of a local module; use letters, digits, dots, hyphens and underscores.`,
  );
}

/** Returns the path in the bundle of a folder of Python code. */
async function placeOfFolder(name: string, folder: string, installer?: PythonInstaller): Promise<string> {
  const { isProject } = await readPythonFolder(folder, installer);
  return `${isProject ? BUNDLE_PATHS.pythonProjects : BUNDLE_PATHS.pythonModules}/${name}`;
}

/** Returns the path in the bundle of a module that is a file. @throws CodeseederError if Python cannot import it */
function placeOfFile(name: string, file: string): string {
  const place = `${BUNDLE_PATHS.pythonModules}/${name}${MODULE_FILE}`;
  if (file.endsWith(MODULE_FILE) && /^\w+$/.test(name)) return place;
  const problem = file.endsWith(MODULE_FILE)
    ? `is a file, and ${JSON.stringify(name)} is not a name to import it by; use letters, digits and underscores`
    : `is neither a folder nor a ${MODULE_FILE} file; name one of these as the local module ${name}`;
  throw new CodeseederError('PackFailed', `${file} ${problem}.`);
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
