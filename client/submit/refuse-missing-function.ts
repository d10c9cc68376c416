import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';

import { CodeseederError } from '../../lib/contract/index.js';
import type { CallOptions } from '../call-option-types.js';
import { refuseMissingModule } from './refuse-missing-module.js';
import { refuseMissingSubmodule } from './refuse-missing-submodule.js';
import type { MergedOptions } from './run-options.js';

/** Matches what may define a name without writing it. */
const DYNAMIC = /\bimport\s*\*|\b(?:globals|locals|vars|setattr|exec|modules|__getattr__|__dict__)\b/;

/** Matches a name that Python does not normalize, so that it is written in the source as it is given. */
const PLAIN_NAME = /^\w+$/;

/** Matches a function at the top level of a module. */
const FUNCTION = /^(?:async\s+)?def\s+([A-Za-z]\w*)/gm;

/** A function of a Python module. */
interface PythonFunction {
  readonly module: string;
  readonly functionName: string;
}

/**
 * Refuses a function whose name is nowhere in the source of its module, before a build looks for it. The client needs
 * no Python, so a module that may define names dynamically is accepted. So is every function of a prebuilt bundle, or
 * of a build with commands before the target, which may write modules. A module that is in none of the local modules is
 * checked by {@link refuseMissingSubmodule} and {@link refuseMissingModule}.
 *
 * @throws CodeseederError `TargetNotFound`
 */
export async function refuseMissingFunction(
  { module, functionName }: PythonFunction,
  options: MergedOptions<CallOptions>,
): Promise<void> {
  const { localModules = {}, prebuiltBundle, build = {} } = options;
  const commands = [build.installCommands, build.preBuildCommands, build.preExecutionCommands].flat();
  if (prebuiltBundle !== undefined || commands.some((command) => command !== undefined)) return;
  const [file, ...others] = await filesOf(module, localModules);
  if (file === undefined) {
    await refuseMissingSubmodule(module, functionName, options);
    return refuseMissingModule(module, functionName, options);
  }
  if (others.length > 0) return;
  const source = await readFile(file, 'utf8');
  const [name = ''] = functionName.split('.');
  if (!PLAIN_NAME.test(name) || DYNAMIC.test(source) || wordsOf(source).has(name)) return;
  const functions = [...source.matchAll(FUNCTION)].map(([, found]) => found);
  throw new CodeseederError(
    'TargetNotFound',
    `${file} has no function ${functionName}; it has ${functions.join(', ') || 'none'}. Correct the name.`,
  );
}

/** Returns the files of the local modules that may be a module. */
async function filesOf(module: string, localModules: Readonly<Record<string, string>>): Promise<string[]> {
  const [first, ...rest] = module.split('.');
  const places = Object.entries(localModules).flatMap(([name, folder]) => [
    path.join(folder, ...module.split('.')),
    ...(name === first ? [path.join(folder, ...rest)] : []),
  ]);
  const single = Object.entries(localModules).flatMap(([name, file]) => (name === module ? [file] : []));
  const files = [...single, ...places.flatMap((place) => [`${place}.py`, path.join(place, '__init__.py')])];
  const found = await Promise.all(files.map((file) => stat(file).catch(() => undefined)));
  return [...new Set(files.filter((_, index) => found[index]?.isFile() === true))];
}

function wordsOf(source: string): ReadonlySet<string> {
  return new Set(source.match(/\w+/g));
}
