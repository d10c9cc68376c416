/** Functions and classes that run the module in their first argument. Relative paths start from the working folder. */
export const STARTERS: Readonly<Record<string, 'worker' | 'fork'>> = {
  ':Worker': 'worker',
  'worker_threads.Worker': 'worker',
  'jest-worker.Worker': 'worker',
  'workerpool.pool': 'worker',
  'child_process.fork': 'fork',
};

/** Functions and classes that run the module in a property of their first argument. */
export const STARTERS_BY_PROPERTY: Readonly<
  Record<string, { readonly property: string; readonly use: 'worker' | 'fork' }>
> = {
  'cluster.setupPrimary': { property: 'exec', use: 'fork' },
  'cluster.setupMaster': { property: 'exec', use: 'fork' },
  piscina: { property: 'filename', use: 'worker' },
  'piscina.Piscina': { property: 'filename', use: 'worker' },
  tinypool: { property: 'filename', use: 'worker' },
  'tinypool.Tinypool': { property: 'filename', use: 'worker' },
};

/** Functions that start a program with a list of arguments. */
export const SPAWNERS = new Set(
  ['spawn', 'spawnSync', 'execFile', 'execFileSync'].map((name) => `child_process.${name}`),
);

/** Expressions for the executable of Node.js. */
export const NODE_PROGRAMS = new Set([':process.execPath', ':process.argv0']);
