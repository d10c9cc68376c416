import { AsyncLocalStorage } from 'node:async_hooks';

/** The state of importing a module to find a function. */
interface ImportedCalls {
  /** Holds `true` in all code that the imported module runs, also in its callbacks after the import. */
  readonly context: AsyncLocalStorage<true>;
  /** Receives the seedkit of each remote call that the module makes while it is imported. */
  readonly refuse: (seedkit: string) => void;
  isImporting: boolean;
}

/** A global symbol, because other copies of this package in the process must use the same state. */
const KEY = Symbol.for('codeseeder.importedCalls');

type Holder = { [KEY]?: ImportedCalls };

/**
 * Imports a module. Calls of remote functions that the module itself makes, during the import or later, start no runs.
 * The promise of such a call never settles.
 *
 * @param refuse receives the seedkit of each such call
 */
export async function importRefusingCalls<T>(
  load: () => Promise<T>,
  refuse: ImportedCalls['refuse'],
): Promise<T> {
  const calls: ImportedCalls = { context: new AsyncLocalStorage(), refuse, isImporting: true };
  (globalThis as Holder)[KEY] = calls;
  try {
    return await calls.context.run(true, load);
  } finally {
    calls.isImporting = false;
  }
}

/** Resolves for an allowed call. For a call that an imported module makes by itself, the promise never settles. */
export async function passImportedCall(seedkit: string): Promise<void> {
  const calls = (globalThis as Holder)[KEY];
  if (calls === undefined || (!calls.isImporting && calls.context.getStore() === undefined)) return;
  calls.refuse(seedkit);
  await new Promise(() => undefined);
}
