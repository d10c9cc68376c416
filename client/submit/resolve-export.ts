import { createRequire } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';

import { CodeseederError } from '../../lib/contract/index.js';

/** A remote function and its module. */
export interface Exported {
  /** Path of the module. */
  readonly file: string;
  /** URL of the module, if `import.meta` was passed to `remoteFunction`. */
  readonly url: string | undefined;
  /** Returns whether a value is the remote function, with the same or other options. */
  readonly isRemote: (value: unknown) => boolean;
  /**
   * Returns whether a value is the remote function of another instance of its module. Test runners such as vitest make
   * instances of their own.
   */
  readonly isCopy: (value: unknown) => boolean;
  /** Name of the function in its source; empty if it has none. */
  readonly functionName: string;
}

/**
 * Maximum time to import a module that is loaded already. Loaders such as tsx run in another thread, which is slow on a
 * busy machine. The time is longer for a function without a name, because its name can then only be found by the
 * import.
 */
const ANSWER_MS = { named: 500, unnamed: 5_000 } as const;

/** CommonJS modules of this process, by path. */
const { cache: commonJsModules } = createRequire(import.meta.url);

/**
 * Finds the name that a remote function is exported under: searches the exports of its module or, while the module is
 * being evaluated, uses the name of the function in its source.
 *
 * @param exported names that the module exports by its source; undefined for a CommonJS module, whose exports are known
 *   only when it runs
 * @throws CodeseederError `TargetNotFound` when the function is not found
 */
export async function resolveExportName(
  { file, url, isRemote, isCopy, functionName }: Exported,
  exported: readonly string[] | undefined,
  moduleName: string,
): Promise<string> {
  const isNamed = functionName !== '' && exported?.includes(functionName) === true;
  const module = await loadedModule({ file, url }, isNamed);
  const found = nameIn(module, isRemote) ?? nameIn(module, isCopy, [functionName]);
  if (found !== undefined) return found;
  if (isNamed || (exported === undefined && functionName !== '' && module.isUnderWay)) return functionName;
  const names = exported ?? Object.keys(module.exports);
  throw new CodeseederError(
    'TargetNotFound',
    `${moduleName} does not export the remote function ${functionName || '(anonymous)'}; it exports ${names.join(', ') || 'nothing'}. Export it under its own name, or set the option exportName.`,
  );
}

interface LoadedModule {
  /** Undefined while an ES module is being evaluated. */
  readonly namespace: Readonly<Record<string, unknown>> | undefined;
  readonly exports: object;
  /** Whether the module is still being evaluated. */
  readonly isUnderWay: boolean;
}

async function loadedModule(
  { file, url }: Pick<Exported, 'file' | 'url'>,
  isNamed: boolean,
): Promise<LoadedModule> {
  const commonJs = commonJsModules[file];
  if (commonJs !== undefined) {
    const exports = commonJs.exports as object | undefined;
    return { namespace: { default: exports }, exports: exports ?? {}, isUnderWay: !commonJs.loaded };
  }
  // Without a URL, the module may have been loaded under another URL, such as one with a query. An import by the path
  // would evaluate it again.
  const isAsked = url !== undefined || !isNamed;
  const waitMs = isNamed ? ANSWER_MS.named : ANSWER_MS.unnamed;
  const namespace = isAsked ? await evaluatedModule(url ?? pathToFileURL(file).href, waitMs) : undefined;
  return { namespace, exports: namespace ?? {}, isUnderWay: namespace === undefined };
}

/**
 * Returns the name of an export with a value. The exports of a CommonJS module are the `default` of its namespace.
 * @param names names that are searched. @default all
 */
function nameIn(
  { namespace = {} }: LoadedModule,
  isWanted: (value: unknown) => boolean,
  names?: readonly string[],
): string | undefined {
  return ownName(namespace, isWanted, names) ?? ownName(namespace['default'], isWanted, names);
}

function ownName(
  exports: unknown,
  isWanted: (value: unknown) => boolean,
  names?: readonly string[],
): string | undefined {
  if ((typeof exports !== 'object' && typeof exports !== 'function') || exports === null) return undefined;
  return (names ?? Object.keys(exports)).find((name) => isWanted(valueOf(exports, name)));
}

/**
 * Returns the value of an export; undefined for a getter that throws, such as one of a module that is being evaluated.
 */
function valueOf(exports: object, name: string): unknown {
  try {
    return (exports as Record<string, unknown>)[name];
  } catch {
    return undefined;
  }
}

/**
 * Returns the exports of a module; undefined while it is being evaluated. The wait is limited, because a module that
 * waits for itself would never continue.
 */
async function evaluatedModule(url: string, waitMs: number): Promise<Record<string, unknown> | undefined> {
  const answered = new AbortController();
  const imported = (import(url) as Promise<Record<string, unknown>>).catch(() => undefined);
  const gaveUp = sleep(waitMs, undefined, { signal: answered.signal }).catch(() => undefined);
  return Promise.race([imported, gaveUp]).finally(() => answered.abort());
}
