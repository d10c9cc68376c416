import { CodeseederError } from '../../../lib/contract/index.js';
import { resolveOwnFile } from '../../bundle/modules/resolve-own-file.js';
import {
  ImportFailedError,
  loadModule,
  type LoadedModule,
  type LoadOptions,
} from '../../load/load-module.js';
import { remoteMarkOf, type RemoteMark } from '../../remote-mark.js';

/** A function as its module exports it here. */
export type FoundFunction =
  /** `file`: its module. `isPlain`: whether Node loaded the module's source itself. */
  | { readonly kind: 'remote'; readonly file: string; readonly mark: RemoteMark; readonly isPlain: boolean }
  /** Not marked for remote execution. `warning`: why its module could not be looked at. */
  | { readonly kind: 'plain'; readonly file: string; readonly warning?: string };

/** Names that a namespace or a compiler adds to what a CommonJS module exports. */
const OF_COMMONJS: ReadonlySet<string> = new Set(['__esModule', 'module.exports']);

/** By this name a module gets what marks a function. */
const OWN_NAME = 'codeseeder';

/**
 * Imports a function's module, to find out what the function was marked with.
 *
 * @param wanted the module's absolute path, which may lack its ending, as an import may
 * @param isPacked whether the module is needed; a bundle that exists may have one that is not here
 * @throws CodeseederError `TargetNotFound` when the module exports no such function, `PackFailed` when it may have a
 *   marked one and cannot be imported
 */
export async function findFunction(
  wanted: string,
  exportName: string,
  isPacked: boolean,
  options: LoadOptions,
): Promise<FoundFunction> {
  const file = resolveOwnFile(wanted);
  if (file === undefined) {
    if (!isPacked) return { kind: 'plain', file: wanted };
    throw new CodeseederError('PackFailed', `There is no module ${wanted}.`);
  }
  let module: LoadedModule;
  try {
    module = await loadModule(file, options);
  } catch (error) {
    if (!(error instanceof ImportFailedError) || error.packages.has(OWN_NAME)) throw error;
    const warning = `${error.message} Its function ${exportName} is run with the options of the command alone.`;
    return { kind: 'plain', file, warning };
  }
  const mark = remoteMarkOf(exportOf(module, exportName, file));
  if (mark === undefined) return { kind: 'plain', file };
  return { kind: 'remote', file, mark, isPlain: module.isPlain };
}

/** What a CommonJS module exports is the `default` of its namespace. */
function exportOf({ namespace }: LoadedModule, name: string, file: string): unknown {
  const { default: commonJs } = namespace;
  const values = [namespace, commonJs].filter(isObject).flatMap((exports) => {
    return Object.hasOwn(exports, name) ? [(exports as Record<string, unknown>)[name]] : [];
  });
  const found = values.find((value) => typeof value === 'function');
  if (found !== undefined) return found;
  const names = [namespace, commonJs].filter(isObject).flatMap((exports) => Object.keys(exports));
  const others = [...new Set(names)].filter((other) => !OF_COMMONJS.has(other)).join(', ');
  const problem =
    values.length > 0
      ? `exports ${name}, which is not a function`
      : `does not export ${name}; it exports ${others || 'nothing'}`;
  throw new CodeseederError('TargetNotFound', `${file} ${problem}. Export the function, or name its export.`);
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}
