import { AsyncLocalStorage } from 'node:async_hooks';

/** The state of importing a module to find a function. */
interface ImportedCalls {
  /** Has a value in all code that the imported module runs, also later. */
  readonly context: AsyncLocalStorage<true>;
  /** Receives the seedkit of each remote call that the module makes while it is imported. */
  readonly refuse: (seedkit: string) => void;
  isImporting: boolean;
}

/** Registered for the whole process, so that other copies of this package use it too. */
const KEY = Symbol.for('codeseeder.importedCalls');

type Holder = { [KEY]?: ImportedCalls };

/**
 * Imports a module whose own remote calls start no runs, neither now nor later. The promise of such a call never settles.
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

/** Resolves for an allowed call, and never for a call that an imported module makes on its own. */
export async function passImportedCall(seedkit: string): Promise<void> {
  const calls = (globalThis as Holder)[KEY];
  if (calls === undefined || (!calls.isImporting && calls.context.getStore() === undefined)) return;
  calls.refuse(seedkit);
  await new Promise(() => undefined);
}
