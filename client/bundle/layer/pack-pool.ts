import { availableParallelism } from 'node:os';

import { CodeseederError } from '../../../lib/contract/codeseeder-error.js';
import { performTask, type PackTaskKind, type PackTasks } from './pack-task.js';
import { startWorkers, type Workers } from './pack-workers.js';

/** Performs tasks of packing, side by side where there is much to do. */
export interface PackPool {
  /** Number of tasks that are performed at the same time. */
  readonly width: number;
  /** @throws CodeseederError `PackFailed` */
  run<K extends PackTaskKind>(kind: K, task: PackTasks[K]['task']): Promise<PackTasks[K]['result']>;
  /** Takes back the bytes of a result that nobody uses any more. */
  recycle(bytes: Uint8Array): void;
}

export interface PoolNeeds {
  /** Most threads to use; 0 performs everything in this thread. @default one per processor, up to 4 */
  readonly workers?: number;
  readonly signal?: AbortSignal;
}

const MAX_WORKERS = 4;
/** How long idle workers wait for the next layer. */
const IDLE_MS = 1_000;

let shared: { workers: Workers; users: number; idle?: NodeJS.Timeout } | undefined;

/** Uses the pool. All users of a process have the same workers, so that there are never more than processors. */
export async function withPool<T>(
  { workers = MAX_WORKERS, signal }: PoolNeeds,
  use: (pool: PackPool) => Promise<T>,
): Promise<T> {
  if (workers === 0) return use(poolOf(undefined, signal));
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

/** Performs a task in this thread, and lets the event loop turn between two of them. */
export async function performHere<K extends PackTaskKind>(
  kind: K,
  task: PackTasks[K]['task'],
): Promise<PackTasks[K]['result']> {
  await new Promise((resolve) => setImmediate(resolve));
  return performTask(kind, task);
}
