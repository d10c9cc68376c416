import { availableParallelism } from 'node:os';

import { CodeseederError } from '../../../lib/contract/codeseeder-error.js';
import { performTask, type PackTaskKind, type PackTasks } from './pack-task.js';
import { startWorkers, type Workers } from './pack-workers.js';

/** Performs tasks of packing, in parallel if there are many. */
export interface PackPool {
  /** Number of tasks that run at the same time. */
  readonly width: number;
  /** Performs a task in this thread or in another one. @throws CodeseederError `PackFailed` */
  run<K extends PackTaskKind>(kind: K, task: PackTasks[K]['task']): Promise<PackTasks[K]['result']>;
  /** Frees the memory of a result that is no longer used. */
  recycle(bytes: Uint8Array): void;
}

export interface PoolNeeds {
  /**
   * Whether all tasks run in this thread, because they are too little work to start threads.
   * @default false: they run in the shared threads, one per processor, up to 4
   */
  readonly inThisThread?: boolean;
  readonly signal?: AbortSignal | undefined;
}

const MAX_WORKERS = 4;
/** How long idle threads wait for the next layer. */
const IDLE_MS = 1_000;

let shared: { workers: Workers; users: number; idle?: NodeJS.Timeout } | undefined;

/**
 * Calls `use` with the pool. All callers in a process share its threads, so there are never more threads than
 * processors.
 */
export async function withPool<T>(
  { inThisThread = false, signal }: PoolNeeds,
  use: (pool: PackPool) => Promise<T>,
): Promise<T> {
  if (inThisThread) return use(poolOf(undefined, signal));
  const entry = (shared ??= {
    workers: startWorkers(Math.min(MAX_WORKERS, availableParallelism())),
    users: 0,
  });
  entry.users += 1;
  clearTimeout(entry.idle);
  try {
    return await use(poolOf(entry.workers, signal));
  } finally {
    entry.users -= 1;
    if (entry.users === 0) {
      entry.idle = setTimeout(() => {
        if (shared === entry) shared = undefined;
        entry.workers.stop();
      }, IDLE_MS).unref();
    }
  }
}

function poolOf(workers: Workers | undefined, signal: AbortSignal | undefined): PackPool {
  return {
    width: workers?.width ?? 1,
    recycle: (bytes) => workers?.recycle(bytes),
    async run<K extends PackTaskKind>(kind: K, task: PackTasks[K]['task']): Promise<PackTasks[K]['result']> {
      signal?.throwIfAborted();
      try {
        return await (workers === undefined ? performHere(kind, task) : workers.run(kind, task));
      } catch (error) {
        throw new CodeseederError('PackFailed', `${(error as Error).message}.`, { cause: error });
      }
    },
  };
}

/** Runs a task in this thread, after other pending events. */
export async function performHere<K extends PackTaskKind>(
  kind: K,
  task: PackTasks[K]['task'],
): Promise<PackTasks[K]['result']> {
  await new Promise((resolve) => setImmediate(resolve));
  return performTask(kind, task);
}
