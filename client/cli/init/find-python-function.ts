import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

import { kindAt } from '../../bundle/python/local-reference.js';
import { MODULE_NAME } from '../../bundle/python/place-of-module.js';
import { NOT_NEEDED } from './find-python-code.js';

/** Maximum number of files that are searched. */
const MAX_FILES = 200;

/** Matches a function at the top level of a module without a decorator, which may change how the function is called. */
const PUBLIC_FUNCTION = /(?<!^[@)].*\n)^(?:async[ \t]+)?def[ \t]+([A-Za-z]\w*)[ \t]*\(/m;

/**
 * Finds a function to run: the first public one at the top level of a local module, without tests. The file of a
 * package comes before its modules, and these before its packages.
 *
 * @param localModules name -> path from the folder
 * @returns MODULE:FUNCTION; undefined if the first 200 files have no such function
 */
export async function findPythonFunction(
  folder: string,
  localModules: Readonly<Record<string, string>>,
): Promise<string | undefined> {
  let searched = 0;
  for (const [name, place] of Object.entries(localModules)) {
    for (const { module, file } of await modulesAt(name, path.join(folder, place))) {
      if (searched === MAX_FILES) return undefined;
      searched += 1;
      const [, functionName] = PUBLIC_FUNCTION.exec(await readFile(file, 'utf8').catch(() => '')) ?? [];
      if (functionName !== undefined) return `${module}:${functionName}`;
    }
  }
  return undefined;
}

interface PythonModule {
  /** Dotted name. */
  readonly module: string;
  readonly file: string;
}

/** Lists the modules of a file or of the folder of a package, those of its packages last. */
async function modulesAt(module: string, place: string): Promise<PythonModule[]> {
  if ((await kindAt(place)) === 'file') return [{ module, file: place }];
  const own = path.join(place, '__init__.py');
  if ((await kindAt(own)) !== 'file') return [];
  const entries = await readdir(place, { withFileTypes: true });
  const named = entries
    .map((entry) => ({ entry, name: path.basename(entry.name, '.py') }))
    .filter(({ name }) => MODULE_NAME.test(name) && !NOT_NEEDED.test(name) && !name.startsWith('_'))
    .toSorted((one, other) => (one.name < other.name ? -1 : 1));
  const files = named.filter(({ entry, name }) => entry.isFile() && entry.name !== name);
  const folders = named.filter(({ entry }) => entry.isDirectory());
  const modules = [{ module, file: own }];
  for (const { entry, name } of files)
    modules.push({ module: `${module}.${name}`, file: path.join(place, entry.name) });
  for (const { name } of folders)
    modules.push(...(await modulesAt(`${module}.${name}`, path.join(place, name))));
  return modules;
}
