import path from 'node:path';
import type { Command } from 'commander';

import type { PythonCallOptions } from '../../seedkit-types.js';
import { UsageError } from '../exit-code.js';
import type { RunTarget } from './run-target.js';

/** Flags of `codeseeder run` that Python functions have. */
export interface PythonFlags {
  readonly kwargs?: string;
  readonly localModule: Readonly<Record<string, string>>;
  readonly requirements: readonly string[];
  readonly pythonModule: readonly string[];
  readonly pipxModule: readonly string[];
}

type CollectPair = (text: string, pairs: Readonly<Record<string, string>>) => Record<string, string>;

export function addPythonOptions(command: Command, collectPair: CollectPair): Command {
  return command
    .option('--kwargs <json>', "Python: the function's keyword arguments, one JSON object")
    .option('--local-module <name=dir>', 'Python: folder to take along; may be given again', collectPair, {})
    .option('--requirements <file>', 'Python: requirements file of pip; may be given again', collect, [])
    .option('--python-module <spec>', 'Python: what pip installs; may be given again', collect, [])
    .option('--pipx-module <spec>', 'Python: tool that pipx installs; may be given again', collect, []);
}

/**
 * The options of a call of a Python function.
 * @throws UsageError for flags that another target has no use for
 */
export function pythonCallOptions(target: RunTarget, flags: PythonFlags): PythonCallOptions {
  const { kwargs, localModule, requirements, pythonModule, pipxModule } = flags;
  const given: Record<string, boolean> = {
    '--kwargs': kwargs !== undefined,
    '--local-module': Object.keys(localModule).length > 0,
    '--requirements': requirements.length > 0,
    '--python-module': pythonModule.length > 0,
    '--pipx-module': pipxModule.length > 0,
  };
  const misplaced = Object.keys(given).find((flag) => given[flag]);
  if (target.kind !== 'python' && misplaced !== undefined) {
    throw new UsageError(`${misplaced} is for a Python function, given as MODULE:FUNCTION`);
  }
  return {
    ...(kwargs !== undefined && { kwargs: parseKeywordArguments(kwargs) }),
    localModules: localModule,
    requirementsFiles: namedByFile(requirements),
    pythonModules: pythonModule,
    pipxModules: pipxModule,
  };
}

function parseKeywordArguments(text: string): Record<string, unknown> {
  const expected = '--kwargs takes one JSON object, such as \'{"stage":"dev"}\'';
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new UsageError(`${expected}, not ${text}`, { cause });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new UsageError(`${expected}, not ${text}`);
  }
  return value as Record<string, unknown>;
}

/** Each file under its own name; of several with the same name, the later ones with a number before it. */
function namedByFile(files: readonly string[]): Record<string, string> {
  const named: Record<string, string> = {};
  files.forEach((file, index) => {
    const name = path.basename(file);
    named[Object.hasOwn(named, name) ? `${index + 1}-${name}` : name] = file;
  });
  return named;
}

/** One more of an option that may be given again. */
export function collect(text: string, texts: readonly string[]): string[] {
  return [...texts, text];
}
