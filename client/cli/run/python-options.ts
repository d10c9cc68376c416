import path from 'node:path';

import { type Command, Option } from 'commander';

import { PYTHON_INSTALLERS, type PythonInstaller } from '../../../lib/contract/index.js';
import type { PythonCallOptions } from '../../call-option-types.js';
import { UsageError } from '../exit-code.js';
import { inGroup } from '../help/command-help.js';
import { OPTION_GROUPS } from '../help/option-groups.js';
import { collect, collectPair, type Pairs } from './collect.js';
import type { JsonReader } from './json-reader.js';
import { refuseWrongRequirements } from './requirements-flag.js';
import { quoteWord } from '../quote-word.js';
import type { SeedkitOption } from '../seedkit-option.js';
import type { RunTarget } from './run-target.js';
import { valueOfKind } from '../value-kinds.js';

/** Flags of `codeseeder run` for Python functions. */
export interface PythonFlags {
  readonly kwargs?: string | undefined;
  readonly localModule: Readonly<Record<string, string>>;
  readonly requirements: readonly string[];
  readonly pythonModule: readonly string[];
  readonly pipxModule: readonly string[];
  readonly pythonInstaller?: PythonInstaller | undefined;
}

function collectModule(text: string, modules?: Pairs): Pairs {
  if (text.includes('=')) return collectPair('--local-module', text, modules);
  throw new UsageError(
    `--local-module takes NAME=PATH, the name to import and the folder or the file with its code, not ${JSON.stringify(text)}. Name it: \`--local-module NAME=${quoteWord(text)}\`.`,
  );
}

/** Adds the flags for Python functions. */
export function addPythonOptions(command: Command): Command {
  return inGroup(command, OPTION_GROUPS.python, addFlags);
}

function addFlags(command: Command): void {
  command
    .addOption(
      valueOfKind(
        'json',
        new Option(
          '--kwargs <json>',
          "the function's keyword arguments, one JSON object; @FILE and - work as for arguments",
        ),
      ),
    )
    .option(
      '--local-module <name=path>',
      'folder of code, or .py file, to include (repeatable)',
      collectModule,
      {},
    )
    .option('--requirements <file>', 'requirements file of pip (repeatable)', collect, [])
    .option('--python-module <spec>', 'requirement that pip installs (repeatable)', collect, [])
    .option('--pipx-module <spec>', 'tool that pipx installs (repeatable)', collect, [])
    .addOption(
      new Option(
        '--python-installer <name>',
        'installer of requirements (default: pip, and uv for a folder with a uv.lock)',
      ).choices(PYTHON_INSTALLERS),
    );
}

/**
 * Refuses flags for Python if the target is not a Python function, and requirements that are not files.
 * @throws UsageError
 */
export function refuseWrongPythonFlags(target: RunTarget, flags: PythonFlags, workingFolder: string): void {
  const { kwargs, localModule, requirements, pythonModule, pipxModule, pythonInstaller } = flags;
  const isSet: Record<string, boolean> = {
    '--kwargs': kwargs !== undefined,
    '--local-module': Object.keys(localModule).length > 0,
    '--requirements': requirements.length > 0,
    '--python-module': pythonModule.length > 0,
    '--pipx-module': pipxModule.length > 0,
    '--python-installer': pythonInstaller !== undefined,
  };
  const misplaced = Object.keys(isSet).find((flag) => isSet[flag]);
  if (target.kind !== 'python' && misplaced !== undefined) {
    throw new UsageError(`${misplaced} is for a Python function, given as MODULE:FUNCTION.`);
  }
  refuseWrongRequirements(requirements, workingFolder);
}

/** Returns the local modules that flags and config name: name -> path. Those of an options file are not read. */
export function includedModules({
  localModule,
  config,
}: Pick<PythonFlags, 'localModule'> & Pick<SeedkitOption, 'config'>): Readonly<Record<string, string>> {
  return { ...config?.options?.localModules, ...localModule };
}

/** Returns the call options of the flags. @throws UsageError for keyword arguments that are not a JSON object */
export async function pythonCallOptions(flags: PythonFlags, reader: JsonReader): Promise<PythonCallOptions> {
  const { kwargs, localModule, requirements, pythonModule, pipxModule, pythonInstaller } = flags;
  return {
    kwargs: kwargs === undefined ? undefined : await readKeywordArguments(kwargs, reader),
    localModules: localModule,
    requirementsFiles: namedByFile(requirements),
    pythonModules: pythonModule,
    pipxModules: pipxModule,
    build: pythonInstaller && { pythonInstaller },
  };
}

/** Reads the value of `--kwargs`. @throws UsageError if it is not a JSON object */
export async function readKeywordArguments(
  text: string,
  reader: JsonReader,
): Promise<Record<string, unknown>> {
  const value = await reader.read(text, '--kwargs').catch((cause: unknown) => {
    if (/^[@-]/.test(text)) throw cause;
    throw notAnObject(text, cause);
  });
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw notAnObject(text);
  return value as Record<string, unknown>;
}

function notAnObject(text: string, cause?: unknown): UsageError {
  return new UsageError(`--kwargs takes one JSON object, such as '{"stage":"dev"}', not ${text}`, { cause });
}

/** Names each file after itself. A later file of the same name gets a number as prefix. */
function namedByFile(files: readonly string[]): Record<string, string> {
  const named: Record<string, string> = {};
  files.forEach((file, index) => {
    const name = path.basename(file);
    named[Object.hasOwn(named, name) ? `${index + 1}-${name}` : name] = file;
  });
  return named;
}
