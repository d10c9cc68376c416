import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { CodeseederError } from '../../lib/contract/index.js';
import { builtFile, type BuildSetting, type BuiltModule } from './built-module.js';
import type { LocalModule } from './local-module.js';
import { runTool } from './run-tool.js';
import { readWheel } from './wheel.js';

/** Names that PyPI takes for the same. @see https://packaging.python.org/en/latest/specifications/name-normalization/ */
export function normalizedPythonName(name: string): string {
  return name.replace(/[-_.]+/g, '-').toLowerCase();
}

/**
 * Makes a wheel of a folder, with whatever backend it names.
 *
 * @throws CodeseederError `ModuleNotPublished` when it cannot be made, `InvalidRequest` when it is another package's
 */
export async function buildPythonPackage(
  { name, directory }: LocalModule,
  { folder, onProgress, signal }: BuildSetting,
): Promise<BuiltModule> {
  const wheels = path.join(folder, 'wheels');
  const args = ['-m', 'pip', 'wheel', '--no-deps', '--no-input', '--disable-pip-version-check'];
  await runTool(`Building ${name}`, 'python3', [...args, `--wheel-dir=${wheels}`, directory], {
    // Python imports from where it runs.
    workingFolder: folder,
    environment: { ...process.env, DIST_EXTRA_CONFIG: await setuptoolsSettings(folder) },
    onLine: (text) => onProgress?.({ type: 'said', name, text }),
    signal,
  });
  const built = await builtFile(name, wheels, '.whl');
  const wheel = await readWheel(built.file);
  if (normalizedPythonName(wheel.name) !== normalizedPythonName(name)) {
    throw new CodeseederError(
      'InvalidRequest',
      `The folder ${directory} has the package ${wheel.name}, not ${name}.`,
    );
  }
  return { name, kind: 'python', version: wheel.version, ...built };
}

/** setuptools builds in the folder itself, and would take what an earlier build left there into the wheel. */
async function setuptoolsSettings(folder: string): Promise<string> {
  const [file, built, about] = ['setuptools.cfg', 'built', 'about'].map((name) =>
    path.join(folder, name),
  ) as [string, string, string];
  await mkdir(about);
  await writeFile(file, `[build]\nbuild_base = ${built}\n[egg_info]\negg_base = ${about}\n`);
  return file;
}
