import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';

import { CodeseederError } from '../../lib/contract/index.js';
import type { LocalModules, ModuleKind } from '../module-types.js';

/** A folder with a package to publish. */
export interface LocalModule {
  /** Name of the package as the caller gives it. */
  readonly name: string;
  readonly kind: ModuleKind;
  /** Absolute path. */
  readonly directory: string;
}

const PACKAGE_FILE = 'package.json';
const PYTHON_FILES = ['pyproject.toml', 'setup.py'];

const packageSchema = z.object({
  name: z.string().optional(),
  version: z.string().optional(),
  private: z.boolean().optional(),
});
export type PackageFile = z.infer<typeof packageSchema>;

/**
 * Checks the folders of all packages.
 *
 * @throws CodeseederError `InvalidRequest` that names the package and its problem
 */
export async function readLocalModules(modules: LocalModules): Promise<LocalModule[]> {
  const requested = isList(modules) ? modules.map(parseModule) : Object.entries(modules);
  if (requested.length === 0)
    throw invalid('There is no package to publish. Give at least one as package:folder.');
  const found: LocalModule[] = [];
  for (const [name, directory] of requested) {
    if (name === '') throw invalid(`The folder ${directory} has no package name. Give it as package:folder.`);
    if (found.some((other) => other.name === name))
      throw invalid(`The package ${name} is given twice. Give it once.`);
    found.push(await readLocalModule(name, path.resolve(directory)));
  }
  return found;
}

function isList(modules: LocalModules): modules is readonly string[] {
  return Array.isArray(modules);
}

/** Splits at the first colon, because no package name has one. */
function parseModule(text: string): [name: string, directory: string] {
  const at = text.indexOf(':');
  if (at > 0 && at < text.length - 1) return [text.slice(0, at), text.slice(at + 1)];
  throw invalid(`${JSON.stringify(text)} is not package:folder, such as my-package:./my-package.`);
}

/**
 * Finds out the kind of a package. A folder with a Python package may also have a `package.json` for its tools, with
 * another name.
 */
async function readLocalModule(name: string, directory: string): Promise<LocalModule> {
  const files = await filesOf(name, directory);
  const isPython = PYTHON_FILES.some((file) => files.includes(file));
  if (!files.includes(PACKAGE_FILE)) {
    if (isPython) return { name, kind: 'python', directory };
    throw invalid(
      `The folder ${directory} of ${name} has neither ${PACKAGE_FILE} nor ${PYTHON_FILES.join(' nor ')}. Add one of them, or give the folder that has it.`,
    );
  }
  const file = await readPackageFile(directory);
  if (isPython && (file.name !== name || file.private === true)) return { name, kind: 'python', directory };
  checkPackageFile(name, directory, file);
  return { name, kind: 'npm', directory };
}

async function filesOf(name: string, directory: string): Promise<string[]> {
  const files = await readdir(directory).catch((cause: unknown) => {
    throw invalid(`The folder ${directory} of ${name} cannot be read: ${String(cause)}`, cause);
  });
  if (files.length === 0)
    throw invalid(
      `The folder ${directory} of ${name} is empty. Put the files of the package there, or give another folder.`,
    );
  return files;
}

/** Reads the `package.json` of a folder. @throws CodeseederError `InvalidRequest` */
export async function readPackageFile(directory: string): Promise<PackageFile> {
  const file = path.join(directory, PACKAGE_FILE);
  const parsed = packageSchema.safeParse(await readJson(file));
  if (parsed.success) return parsed.data;
  throw invalid(`${file} is not valid: ${z.prettifyError(parsed.error)}`);
}

async function readJson(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch (cause) {
    throw invalid(`${file} cannot be read: ${String(cause)}`, cause);
  }
}

function checkPackageFile(name: string, directory: string, file: PackageFile): void {
  const packageFile = path.join(directory, PACKAGE_FILE);
  if (file.name !== name) {
    throw invalid(
      `${packageFile} has the name ${JSON.stringify(file.name)}, not ${JSON.stringify(name)}. Rename the package, or give it by the name that it has.`,
    );
  }
  if (file.private === true) {
    throw invalid(`${packageFile} marks ${name} as private, so npm does not publish it. Remove "private".`);
  }
  if (file.version === undefined || !/^\d+\.\d+\.\d+([-+][\w.+-]+)?$/.test(file.version)) {
    throw invalid(
      `${packageFile} has the version ${JSON.stringify(file.version)}, which is not valid. Give one such as 1.0.0.`,
    );
  }
}

function invalid(message: string, cause?: unknown): CodeseederError {
  return new CodeseederError('InvalidRequest', message, cause === undefined ? {} : { cause });
}
