import { readFile } from 'node:fs/promises';

import { CodeseederError } from '../../lib/contract/index.js';
import { DYNAMIC } from '../bundle/python/signature/read-signature.js';
import type { CallOptions } from '../call-option-types.js';
import { filesOfModule, mayChangeModules } from './module-files.js';
import { refuseMissingModule } from './refuse-missing-module.js';
import { refuseMissingSubmodule } from './refuse-missing-submodule.js';
import type { MergedOptions } from './run-options.js';

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
  if (mayChangeModules(options)) return;
  const [file, ...others] = await filesOfModule(module, options.localModules ?? {});
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

function wordsOf(source: string): ReadonlySet<string> {
  return new Set(source.match(/\w+/g));
}
