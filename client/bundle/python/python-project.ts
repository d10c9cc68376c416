import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parse, TomlError } from 'smol-toml';

import { CodeseederError, type PythonInstaller, UV_LOCK_FILE } from '../../../lib/contract/index.js';
import { kindAt } from './local-reference.js';

/** How a folder of Python code gets into the environment of a run. */
export interface PythonFolder {
  /** Whether pip or uv installs it; another is put on the module path as it is. */
  readonly isProject: boolean;
  /** Whether its environment is made from its lock file by uv. */
  readonly isLocked: boolean;
}

type Table = Readonly<Record<string, unknown>>;

/**
 * Looks at a folder as the installer would. To pip a project has a `setup.py`, or a `pyproject.toml` with `[project]`
 * or `[build-system]` or beside a `setup.cfg`; one with `[tool...]` alone is the configuration of other tools. uv
 * installs a folder with a `uv.lock` only where it has a build system.
 *
 * @throws CodeseederError `PackFailed` for a file that is no TOML, or a lock file that leads outside of the folder
 * @see https://docs.astral.sh/uv/concepts/projects/config/#build-systems
 */
export async function lookAtFolder(folder: string, installer?: PythonInstaller): Promise<PythonFolder> {
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

/** What the lock file takes from folders and files beside the project would not be in the bundle. */
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
        `${file} takes ${String(locked['name'])} from ${place}, outside of ${folder}; give the folder that holds both, with the uv.lock of their workspace, or use pip by pythonInstaller.`,
      );
    }
  }
}

function isOutside(folder: string, place: string): boolean {
  const relative = path.relative(folder, path.resolve(folder, place));
  return relative === '..' || relative.startsWith(`..${path.sep}`);
}

/** @returns undefined where the file is missing */
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
