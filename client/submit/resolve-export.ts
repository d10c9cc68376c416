import { setTimeout as sleep } from 'node:timers/promises';

import { CodeseederError } from '../../lib/contract/index.js';

/** A remote function and where it comes from. */
export interface Exported {
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

/**
 * Finds the name a remote function is exported under: by looking for it among what its module exports, else,
 * where the module is still being evaluated, by the name it was written with.
 *
 * @param exported names the module exports, as its source says
 * @throws CodeseederError `TargetNotFound` when neither tells
 */
export async function resolveExportName(
  { url, isRemote, functionName }: Exported,
  exported: readonly string[],
  moduleName: string,
): Promise<string> {
  const isNamed = functionName !== '' && exported.includes(functionName);
  const waitMs = isNamed ? ANSWER_MS.named : ANSWER_MS.unnamed;
  const namespace = url === undefined ? undefined : await evaluatedModule(url, waitMs);
  const found = Object.entries(namespace ?? {}).find(([, value]) => isRemote(value));
  if (found !== undefined) return found[0];
  if (isNamed) return functionName;
  throw new CodeseederError(
    'TargetNotFound',
    `${moduleName} does not export the remote function ${functionName || '(anonymous)'}; it exports ${exported.join(', ') || 'nothing'}. Export it under its own name, or give its exportName.`,
  );
}

/** A module's exports, unless it is still being evaluated: waiting for that here could wait for itself. */
async function evaluatedModule(url: string, waitMs: number): Promise<Record<string, unknown> | undefined> {
  const answered = new AbortController();
  const imported = (import(url) as Promise<Record<string, unknown>>).catch(() => undefined);
  const gaveUp = sleep(waitMs, undefined, { signal: answered.signal }).catch(() => undefined);
  return Promise.race([imported, gaveUp]).finally(() => answered.abort());
}
