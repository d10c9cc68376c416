import { createRequire } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';

import { CodeseederError } from '../../lib/contract/index.js';

/** A remote function and where it comes from. */
export interface Exported {
  /** Path of its module. */
  readonly file: string;
  /** URL of its module, when it was given by `import.meta`. */
  readonly url: string | undefined;
  /** Whether a value is the remote function, with whatever options. */
  readonly isRemote: (value: unknown) => boolean;
  /** The name the function was written with, if any. */
  readonly functionName: string;
}

/**
 * How long a module that was imported before may take to answer; loaders such as tsx answer from another thread,
 * slowly on a busy machine. Longer where no other way is left to find the name.
 */
const ANSWER_MS = { named: 500, unnamed: 5_000 } as const;

/** CommonJS modules of this process, by path. */
const { cache: commonJsModules } = createRequire(import.meta.url);

/**
 * Finds the name a remote function is exported under: by looking for it among what its module exports, else,
 * where the module is still being evaluated, by the name it was written with.
 *
 * @param exported names the module exports, as its source says; undefined for a CommonJS module, whose source does
 *   not say
 * @throws CodeseederError `TargetNotFound` when neither tells
 */
export async function resolveExportName(
  { file, url, isRemote, functionName }: Exported,
  exported: readonly string[] | undefined,
  moduleName: string,
): Promise<string> {
  const isNamed = functionName !== '' && exported?.includes(functionName) === true;
  const module = await loadedModule({ file, url }, isNamed);
  const found = nameIn(module.namespace ?? {}, isRemote);
  if (found !== undefined) return found;
  if (isNamed || (exported === undefined && functionName !== '' && module.isUnderWay)) return functionName;
  const names = exported ?? Object.keys(module.exports);
  throw new CodeseederError(
    'TargetNotFound',
    `${moduleName} does not export the remote function ${functionName || '(anonymous)'}; it exports ${names.join(', ') || 'nothing'}. Export it under its own name, or give its exportName.`,
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
  // A path may belong to a module that was loaded in another way: importing it would evaluate it again.
  const isAsked = url !== undefined || !isNamed;
  const waitMs = isNamed ? ANSWER_MS.named : ANSWER_MS.unnamed;
  const namespace = isAsked ? await evaluatedModule(url ?? pathToFileURL(file).href, waitMs) : undefined;
  return { namespace, exports: namespace ?? {}, isUnderWay: namespace === undefined };
}

/** The name of a module's own export; what a CommonJS module exports is the `default` of its namespace. */
function nameIn(
  namespace: Readonly<Record<string, unknown>>,
  isRemote: (value: unknown) => boolean,
): string | undefined {
  return ownName(namespace, isRemote) ?? ownName(namespace['default'], isRemote);
}

function ownName(exports: unknown, isRemote: (value: unknown) => boolean): string | undefined {
  if ((typeof exports !== 'object' && typeof exports !== 'function') || exports === null) return undefined;
  return Object.keys(exports).find((name) => isRemote(valueOf(exports, name)));
}

/** An export may be a getter, which throws as long as its module is being evaluated. */
function valueOf(exports: object, name: string): unknown {
  try {
    return (exports as Record<string, unknown>)[name];
  } catch {
    return undefined;
  }
}

/** A module's exports, unless it is still being evaluated: waiting for that here could wait for itself. */
async function evaluatedModule(url: string, waitMs: number): Promise<Record<string, unknown> | undefined> {
  const answered = new AbortController();
  const imported = (import(url) as Promise<Record<string, unknown>>).catch(() => undefined);
  const gaveUp = sleep(waitMs, undefined, { signal: answered.signal }).catch(() => undefined);
  return Promise.race([imported, gaveUp]).finally(() => answered.abort());
}
