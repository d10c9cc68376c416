import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parse, TomlError } from 'smol-toml';

import { CodeseederError, type PythonInstaller, UV_LOCK_FILE } from '../../../lib/contract/index.js';
import { kindAt } from './local-reference.js';

/** How a folder of Python code is made available to a run. */
export interface PythonFolder {
  /** Whether pip or uv installs it. Otherwise it is put on the module path. */
  readonly isProject: boolean;
  /** Whether uv installs the packages of its lock file. */
  readonly isLocked: boolean;
}

type Table = Readonly<Record<string, unknown>>;

/**
 * Decides how the installer treats a folder. For pip, a folder is a project if it has a `setup.py`, or a
 * `pyproject.toml` with `[project]` or `[build-system]` or beside a `setup.cfg`; a `pyproject.toml` with only
 * `[tool...]` configures other tools. uv installs a folder with a `uv.lock` only if it has a build system.
 *
 * @throws CodeseederError `PackFailed` for invalid TOML, or a lock file that refers to a folder outside
 * @see https://docs.astral.sh/uv/concepts/projects/config/#build-systems
 */
export async function readPythonFolder(folder: string, installer?: PythonInstaller): Promise<PythonFolder> {
  const has = async (name: string) => (await kindAt(path.join(folder, name))) === 'file';
  const settings = await readToml(path.join(folder, 'pyproject.toml'));
  if (installer !== 'pip' && settings !== undefined && (await has(UV_LOCK_FILE))) {
    await refuseOutsideSources(folder);
    return { isLocked: true, isProject: isPackageOfUv(settings) };
  }
  const isDeclared =
    settings !== undefined &&
    (settings['project'] !== undefined || settings['build-system'] !== undefined || (await has('setup.cfg')));
  return { isLocked: false, isProject: isDeclared || (await has('setup.py')) };
}

function isPackageOfUv(settings: Table): boolean {
  const chosen = tableIn(tableIn(settings, 'tool'), 'uv')['package'];
  return typeof chosen === 'boolean' ? chosen : settings['build-system'] !== undefined;
}

/** Refuses a lock file with packages from folders and files outside the project, which the bundle would not have. */
async function refuseOutsideSources(folder: string): Promise<void> {
  const file = path.join(folder, UV_LOCK_FILE);
  const packages = (await readToml(file))?.['package'];
  for (const locked of Array.isArray(packages) ? (packages as Table[]) : []) {
    const source = tableIn(locked, 'source');
    for (const kind of ['directory', 'editable', 'virtual', 'path']) {
      const place = source[kind];
      if (typeof place !== 'string' || !isOutside(folder, place)) continue;
      throw new CodeseederError(
        'PackFailed',
        `${file} takes ${String(locked['name'])} from ${place}, outside ${folder}; use the folder that contains both, with the uv.lock of their workspace, or set pythonInstaller to pip.`,
      );
    }
  }
}

function isOutside(folder: string, place: string): boolean {
  const relative = path.relative(folder, path.resolve(folder, place));
  return relative === '..' || relative.startsWith(`..${path.sep}`);
}

/** Reads a TOML file. Returns undefined if it is missing. */
async function readToml(file: string): Promise<Table | undefined> {
  if ((await kindAt(file)) !== 'file') return undefined;
  try {
    return parse(await readFile(file, 'utf8'));
  } catch (cause) {
    if (!(cause instanceof TomlError)) throw cause;
    const [problem = ''] = cause.message.split('\n');
    throw new CodeseederError('PackFailed', `${file}, line ${cause.line}: ${problem}.`, { cause });
  }
}

function tableIn(table: Table, name: string): Table {
  const value = table[name];
  return typeof value === 'object' && value !== null ? (value as Table) : {};
}
