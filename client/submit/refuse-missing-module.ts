import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

import { CodeseederError } from '../../lib/contract/index.js';
import { kindAt } from '../bundle/python/local-reference.js';
import { nearName } from '../near-name.js';
import { neededCode } from '../bundle/python/needed-code.js';
import { PYTHON_OWN_MODULES } from '../bundle/python/own-modules.js';
import { readPythonFolder } from '../bundle/python/python-project.js';
import type { CallOptions } from '../call-option-types.js';
import type { MergedOptions } from './run-options.js';

/**
 * Checks that something that the build gets can have a Python module. If nothing can, refuses a module that the working
 * folder has, and a name that is almost that of a module which is there, and warns of another one. A module that
 * requirements, an image or a project of the caller may have is accepted, with a warning if its name is almost that of
 * a local module and no requirement has it. Those of Python itself are accepted.
 *
 * @param module as in the target, such as `my_pkg.deploy`
 * @throws CodeseederError `TargetNotFound`
 */
export async function refuseMissingModule(
  module: string,
  functionName: string,
  options: MergedOptions<CallOptions>,
): Promise<void> {
  const [name = '', ...rest] = module.split('.');
  if (name.startsWith('_') || PYTHON_OWN_MODULES.has(name)) return;
  const { localModules = {}, onProgress } = options;
  const modules = await modulesIn(localModules, options);
  if (modules === undefined || modules.has(name)) return;
  const near = nearName(name, modules);
  const meant = near && `Did you mean ${[near, ...rest].join('.')}:${functionName}?`;
  const warn = (message: string) => onProgress?.({ type: 'warning', message });
  const notLocal = `There is no Python module ${name} in ${describe(localModules)}`;
  if (mayInstall(options)) {
    if (meant === undefined || (await isRequired(name, options))) return;
    warn(`${notLocal}. The run fails unless something that the build installs has it. ${meant}`);
    return;
  }
  const missing = `${notLocal}, and nothing is installed that could have it.`;
  refuseModuleHere(name, missing, modules);
  if (meant !== undefined) throw new CodeseederError('TargetNotFound', `${missing} ${meant}`);
  warn(`${missing} Include it as a local module, or install it.`);
}

/** Refuses a module that the working folder has, with what includes it. @throws CodeseederError `TargetNotFound` */
function refuseModuleHere(name: string, missing: string, included: ReadonlySet<string>): void {
  const found = neededCode(name, process.cwd());
  if (found === undefined) return;
  const modules = Object.entries(found.localModules).filter(([other]) => !included.has(other));
  const flags = [
    ...modules.map(([other, place]) => `--local-module ${other}=${place}`),
    ...(found.requirements === undefined ? [] : [`--requirements ${found.requirements}`]),
  ];
  const options =
    found.requirements === undefined ? 'option localModules' : 'options localModules and requirementsFiles';
  throw new CodeseederError(
    'TargetNotFound',
    `${missing} The working folder has it: ${found.localModules[name]}. Add \`${flags.join(' ')}\` to the command, or in code the ${options}.`,
  );
}

/** Returns whether a build may have modules beside the local ones and those of Python. */
function mayInstall({ requirementsFiles = {}, build = {} }: MergedOptions<CallOptions>): boolean {
  const { pythonModules = [], environment = {}, image, project, debugSession } = build;
  return (
    Object.keys(requirementsFiles).length > 0 ||
    pythonModules.length > 0 ||
    Object.keys(environment).some((variable) => variable.startsWith('PYTHON')) ||
    [image, project, debugSession].some((option) => option !== undefined)
  );
}

/** Returns whether a requirement names a package like the module. Files after `-r` are not read. */
async function isRequired(
  module: string,
  { requirementsFiles = {}, build = {} }: MergedOptions<CallOptions>,
): Promise<boolean> {
  const files = Object.values(requirementsFiles).map((file) => readFile(file, 'utf8').catch(() => ''));
  const texts = [...(await Promise.all(files)), ...(build.pythonModules ?? [])];
  // Packages have hyphens, dots and any case, such as `ruamel.yaml`, where their modules have underscores.
  const plain = (name: string) => name.toLowerCase().replaceAll(/[-_.]+/g, '_');
  const names = texts.flatMap((text) => text.split(/[^\w.-]+/).map(plain));
  return names.some((name) => name === plain(module) || name.startsWith(`${plain(module)}_`));
}

/** Returns the top-level modules of local modules; undefined if one of them is installed, or cannot be read. */
async function modulesIn(
  localModules: Readonly<Record<string, string>>,
  { build }: MergedOptions<CallOptions>,
): Promise<ReadonlySet<string> | undefined> {
  const modules = new Set(Object.keys(localModules));
  try {
    for (const folder of Object.values(localModules)) {
      if ((await kindAt(folder)) === 'file') continue;
      const { isProject, isLocked } = await readPythonFolder(folder, build?.pythonInstaller);
      if (isProject || isLocked) return undefined;
      // Any folder is a namespace package, and an extension module has further suffixes.
      for (const file of await readdir(folder)) modules.add(path.basename(file).split('.')[0] ?? '');
    }
  } catch {
    // Packing reports why.
    return undefined;
  }
  return modules;
}

function describe(localModules: Readonly<Record<string, string>>): string {
  const folders = Object.values(localModules);
  return folders.length === 0 ? 'the build' : folders.join(', ');
}
