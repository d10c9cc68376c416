import { AsyncLocalStorage } from 'node:async_hooks';

/** What is known of the modules that this process imports to find a function. */
interface ImportedCalls {
  /** Has a value in whatever an imported module does, also later. */
  readonly context: AsyncLocalStorage<true>;
  /** Takes the seedkit of each remote call that such a module makes by itself. */
  readonly refuse: (seedkit: string) => void;
  isImporting: boolean;
}

/** Registered under one name for the whole process, so that other copies of this package heed it, too. */
const KEY = Symbol.for('codeseeder.importedCalls');

type Holder = { [KEY]?: ImportedCalls };

/**
 * Imports a module whose own remote calls start nothing, neither now nor later: they would start runs beside the one
 * that the module is imported for. Such a call never settles.
 *
 * @param refuse takes the seedkit of each such call
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

/** Returns at once for a call that may be made, and never for one that an imported module makes by itself. */
export async function passImportedCall(seedkit: string): Promise<void> {
  const calls = (globalThis as Holder)[KEY];
  if (calls === undefined || (!calls.isImporting && calls.context.getStore() === undefined)) return;
  calls.refuse(seedkit);
  await new Promise(() => undefined);
}
