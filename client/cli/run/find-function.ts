import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';

import { CodeseederError } from '../../../lib/contract/index.js';
import { resolveOwnFile } from '../../bundle/modules/resolve-own-file.js';
import {
  ImportFailedError,
  loadModule,
  type LoadedModule,
  type LoadOptions,
} from '../../load/load-module.js';
import { nearName } from '../../near-name.js';
import { remoteMarkOf, type RemoteMark } from '../../remote-mark.js';

/** A function that a module exports. */
export type FoundFunction =
  /**
   * Marked for remote execution. `file` is its module. `isPlain`: whether Node loaded the module without compilation.
   */
  | { readonly kind: 'remote'; readonly file: string; readonly mark: RemoteMark; readonly isPlain: boolean }
  /**
   * Not marked for remote execution. `warning` says why its module could not be imported, if it could not.
   * `parameters`: number of its parameters before one with a default value; undefined if it was not imported.
   */
  | {
      readonly kind: 'plain';
      readonly file: string;
      readonly warning?: string | undefined;
      readonly parameters?: number | undefined;
    };

/** Names that Node or a compiler adds to the exports of a CommonJS module. */
const OF_COMMONJS: ReadonlySet<string> = new Set(['__esModule', 'module.exports']);

/** Name of this package, which a module imports to mark a function. */
const OWN_NAME = 'codeseeder';

/**
 * Imports a function's module and reads the mark of the function.
 *
 * @param requestedFile the module's absolute path, possibly without its extension, as in an import
 * @param isPacked whether the module will be packed; with a prebuilt bundle it need not exist here
 * @throws CodeseederError `TargetNotFound` if the module does not export the function, `PackFailed` if the module
 *   cannot be imported although the function may be marked
 */
export async function findFunction(
  requestedFile: string,
  exportName: string,
  isPacked: boolean,
  options: LoadOptions,
): Promise<FoundFunction> {
  const file = resolveOwnFile(requestedFile);
  if (file === undefined) {
    if (!isPacked) return { kind: 'plain', file: requestedFile };
    const isFolder = statSync(requestedFile, { throwIfNoEntry: false })?.isDirectory() === true;
    const problem = isFolder ? 'is a folder. Name a file in it.' : `does not exist. ${hintAt(requestedFile)}`;
    throw new CodeseederError('PackFailed', `The module ${requestedFile} ${problem}`);
  }
  let module: LoadedModule;
  try {
    module = await loadModule(file, options);
  } catch (error) {
    if (!(error instanceof ImportFailedError) || error.packages.has(OWN_NAME)) throw error;
    const warning = `${error.message} The function ${exportName} runs with the options of the command only.`;
    return { kind: 'plain', file, warning };
  }
  const fn = exportOf(module, exportName, file);
  const mark = remoteMarkOf(fn);
  if (mark === undefined) return { kind: 'plain', file, parameters: fn.length };
  return { kind: 'remote', file, mark, isPlain: module.isPlain };
}

/** Matches the ending of a module. */
const ENDING = /\.[cm]?[jt]sx?$/;

/** Returns what to do about a module that does not exist: the one with another ending, or with almost its name. */
function hintAt(file: string): string {
  const folder = path.dirname(file);
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => ENDING.test(name)) : [];
  const stems = new Map(names.map((name) => [name.replace(ENDING, ''), name]));
  const stem = path.basename(file).replace(ENDING, '');
  const other = stems.get(stem) ?? stems.get(nearName(stem, stems.keys()) ?? '');
  return other === undefined ? 'Check its path.' : `Did you mean ${path.join(folder, other)}?`;
}

type AnyFunction = (...args: never[]) => unknown;

/** Finds an export. The exports of a CommonJS module are the `default` of its namespace. */
function exportOf({ namespace }: LoadedModule, name: string, file: string): AnyFunction {
  const { default: commonJs } = namespace;
  const values = [namespace, commonJs].filter(isObject).flatMap((exports) => {
    return Object.hasOwn(exports, name) ? [(exports as Record<string, unknown>)[name]] : [];
  });
  const found = values.find((value): value is AnyFunction => typeof value === 'function');
  if (found !== undefined) return found;
  const others = namesOf(namespace);
  const problem =
    values.length > 0
      ? `exports ${name}, which is not a function`
      : `does not export ${name}; it exports ${others.join(', ') || 'nothing'}`;
  const near = values.length > 0 ? undefined : nearName(name, others);
  const remedy =
    near === undefined ? 'Export the function, or give the name of its export.' : `Did you mean ${near}?`;
  throw new CodeseederError('TargetNotFound', `${file} ${problem}. ${remedy}`);
}

/** Returns the names that a module exports, without those that Node or a compiler adds. */
function namesOf(namespace: LoadedModule['namespace']): string[] {
  const { default: commonJs, ...named } = namespace;
  const inside = isObject(commonJs) ? Object.keys(commonJs) : [];
  const hasDefault = 'default' in namespace && (inside.includes('default') || !isInterop(namespace));
  const names = [...Object.keys(named), ...inside.filter((name) => name !== 'default')];
  return [...new Set([...names, ...(hasDefault ? ['default'] : [])])]
    .filter((name) => !OF_COMMONJS.has(name))
    .toSorted();
}

/** Returns whether Node added the `default`: it then has all other exports of a CommonJS module as members. */
function isInterop({ default: commonJs, ...named }: LoadedModule['namespace']): boolean {
  if ('module.exports' in named) return true;
  const names = Object.keys(named).filter((name) => !OF_COMMONJS.has(name));
  return (
    isObject(commonJs) &&
    names.length > 0 &&
    names.every((name) => Reflect.get(commonJs, name) === named[name])
  );
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}
