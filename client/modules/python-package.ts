import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { CodeseederError } from '../../lib/contract/index.js';
import { builtFile, type BuildSetting, type BuiltModule } from './built-module.js';
import type { LocalModule } from './local-module.js';
import { runTool } from './run-tool.js';
import { readWheel } from './wheel.js';

/**
 * Normalizes a name, because PyPI treats its spellings as the same.
 * @see https://packaging.python.org/en/latest/specifications/name-normalization/
 */
export function normalizedPythonName(name: string): string {
  return name.replace(/[-_.]+/g, '-').toLowerCase();
}

/**
 * Builds a wheel of a folder with the build backend of its project.
 *
 * @throws CodeseederError `ModuleNotPublished` if the build fails, `InvalidRequest` if the wheel has another name
 */
export async function buildPythonPackage(
  { name, directory }: LocalModule,
  { folder, onProgress, signal }: BuildSetting,
): Promise<BuiltModule> {
  const wheels = path.join(folder, 'wheels');
  const args = ['-m', 'pip', 'wheel', '--no-deps', '--no-input', '--disable-pip-version-check'];
  await runTool(`Building ${name}`, 'python3', [...args, `--wheel-dir=${wheels}`, directory], {
    // Python imports modules from its working folder, so the build runs in an empty one.
    workingFolder: folder,
    environment: { ...process.env, DIST_EXTRA_CONFIG: await setuptoolsSettings(folder) },
    onLine: (text) => onProgress?.({ type: 'output', name, text }),
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

/**
 * Makes setuptools build in a separate folder. In the project's folder, files of an earlier build would get into the
 * wheel.
 */
async function setuptoolsSettings(folder: string): Promise<string> {
  const [file, built, about] = ['setuptools.cfg', 'built', 'about'].map((name) =>
    path.join(folder, name),
  ) as [string, string, string];
  await mkdir(about);
  await writeFile(file, `[build]\nbuild_base = ${built}\n[egg_info]\negg_base = ${about}\n`);
  return file;
}
