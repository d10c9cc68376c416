import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

import { CodeseederError } from '../../lib/contract/index.js';
import { kindAt } from '../bundle/python/local-reference.js';
import { nearName } from '../near-name.js';
import { MODULE_NAME } from '../bundle/python/place-of-module.js';
import { readPythonFolder } from '../bundle/python/python-project.js';
import type { CallOptions } from '../call-option-types.js';
import type { MergedOptions } from './run-options.js';

const PACKAGE_FILE = '__init__.py';

/** Matches what may give a package modules that its folder does not have. */
const EXTENDS_PACKAGE = /__path__|\b(?:modules|exec|meta_path|path_hooks|extend_path)\b/;

/**
 * Refuses a module that its package does not have, if the package is a local module. Python looks for it only in the
 * folder of the package, so what requirements or an image have makes no difference. A package that is installed or that
 * may add modules to itself is accepted, and so is each package if a variable of Python or a pause of the build may
 * change what is imported.
 *
 * @param module as in the target, such as `my_pkg.deploy`
 * @throws CodeseederError `TargetNotFound` with the right target if a module has almost the name
 */
export async function refuseMissingSubmodule(
  module: string,
  functionName: string,
  { localModules = {}, build = {} }: MergedOptions<CallOptions>,
): Promise<void> {
  const isChanged = Object.keys(build.environment ?? {}).some((variable) => variable.startsWith('PYTHON'));
  const [first = '', ...names] = module.split('.');
  const [found, ...others] = await packagesNamed(first, localModules);
  if (found === undefined || others.length > 0 || isChanged || build.debugSession !== undefined) return;
  let folder = found;
  for (const [index, name] of names.entries()) {
    const modules = await modulesOf(folder);
    if (modules === undefined) return;
    if (!modules.has(name)) {
      const before = [first, ...names.slice(0, index)].join('.');
      const rename = (other: string) =>
        `${[before, other, ...names.slice(index + 1)].join('.')}:${functionName}`;
      throw missing(name, `${before} in ${folder}`, [...modules], rename);
    }
    folder = path.join(folder, name);
  }
}

/** Returns the folders of packages of a name that are on the module path and are not installed. */
async function packagesNamed(
  name: string,
  localModules: Readonly<Record<string, string>>,
): Promise<readonly string[]> {
  const found: string[] = [];
  for (const [other, folder] of Object.entries(localModules)) {
    const isPackage = await hasPackageFile(folder);
    const place = isPackage && other === name ? folder : path.join(folder, name);
    if (!(await hasPackageFile(place))) continue;
    // Packing reports what is wrong with the folder.
    const { isProject, isLocked } = await readPythonFolder(folder).catch(() => ({
      isProject: true,
      isLocked: false,
    }));
    if (isProject || isLocked) return [];
    if (place === folder || !isPackage) found.push(place);
  }
  return found;
}

async function hasPackageFile(folder: string): Promise<boolean> {
  return (await kindAt(path.join(folder, PACKAGE_FILE))) === 'file';
}

/** Returns the modules and packages of a folder; undefined for a file, and for a package that may add modules. */
async function modulesOf(folder: string): Promise<ReadonlySet<string> | undefined> {
  const files = await readdir(folder).catch(() => undefined);
  const source = await readFile(path.join(folder, PACKAGE_FILE), 'utf8').catch(() => '');
  if (files === undefined || EXTENDS_PACKAGE.test(source)) return undefined;
  // Any folder is a namespace package, and an extension module has further suffixes.
  return new Set(files.map((file) => file.split('.')[0] ?? ''));
}

function missing(
  name: string,
  place: string,
  modules: readonly string[],
  rename: (other: string) => string,
): CodeseederError {
  const usable = modules.filter((other) => MODULE_NAME.test(other) && !other.startsWith('__')).sort();
  const near = nearName(name, usable);
  const remedy =
    near === undefined
      ? `; it has ${usable.join(', ') || 'none'}. Correct the name.`
      : `. Did you mean ${rename(near)}?`;
  return new CodeseederError('TargetNotFound', `The package ${place} has no module ${name}${remedy}`);
}
