import { setImmediate as nextTurn } from 'node:timers/promises';

import { CodeseederError } from '../../lib/contract/index.js';

/** A remote function and where it comes from. */
export interface Exported {
  /** URL of its module, when it was given by `import.meta`. */
  readonly url: string | undefined;
  /** What the module exports under the name that is looked for. */
  readonly remote: unknown;
  /** The name the function was written with, if any. */
  readonly functionName: string;
}

/** Turns of the event loop after which a module that was imported before has surely answered. */
const TURNS = 10;

/**
 * Finds the name a remote function is exported under: by looking for it among what its module exports, else,
 * where the module is still being evaluated, by the name it was written with.
 *
 * @param exported names the module exports, as its source says
 * @throws CodeseederError `TargetNotFound` when neither tells
 */
export async function resolveExportName(
  { url, remote, functionName }: Exported,
  exported: readonly string[],
  moduleName: string,
): Promise<string> {
  const namespace = url === undefined ? undefined : await evaluatedModule(url);
  const found = Object.entries(namespace ?? {}).find(([, value]) => value === remote);
  if (found !== undefined) return found[0];
  if (functionName !== '' && exported.includes(functionName)) return functionName;
  throw new CodeseederError(
    'TargetNotFound',
    `${moduleName} does not export the remote function ${functionName || '(anonymous)'}; it exports ${exported.join(', ') || 'nothing'}. Export it under its own name, or give its exportName.`,
  );
}

/** A module's exports, unless it is still being evaluated: waiting for that here could wait for itself. */
async function evaluatedModule(url: string): Promise<Record<string, unknown> | undefined> {
  const imported = (import(url) as Promise<Record<string, unknown>>).catch(() => undefined);
  const gaveUp = (async () => {
    for (let turn = 0; turn < TURNS; turn += 1) await nextTurn();
    return undefined;
  })();
  return Promise.race([imported, gaveUp]);
}
