import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';

import { OutputMemory } from './output-memory.js';
import type { PackTaskKind, PackTasks, ResultMessage, TaskMessage } from './pack-task.js';
import { performTask } from './pack-task.js';

/** Threads that run tasks of packing. */
export interface Workers {
  readonly width: number;
  run<K extends PackTaskKind>(kind: K, task: PackTasks[K]['task']): Promise<PackTasks[K]['result']>;
  /** Frees the memory of a result that is no longer used. */
  recycle(bytes: Uint8Array): void;
  /** Ends the threads. */
  stop(): void;
}

const YOUNG_GENERATION_MB = 2;

/** A task that has no result yet. */
interface PendingTask {
  readonly message: TaskMessage;
  readonly resolve: (result: PackTasks[PackTaskKind]['result']) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Starts threads on demand, at most `width`. If a thread cannot be started or dies, its tasks run in this thread.
 */
export function startWorkers(width: number): Workers {
  const program = readProgram();
  const queue: PendingTask[] = [];
  const idle: Thread[] = [];
  const threads = new Set<Thread>();
  const memory = new OutputMemory();
  let isUsable = program !== undefined;

  const next = (): void => {
    while (queue.length > 0) {
      const thread = idle.pop() ?? (isUsable && threads.size < width ? start() : undefined);
      const task = thread !== undefined || threads.size === 0 ? queue.shift() : undefined;
      if (task === undefined) return;
      if (thread === undefined) perform(task);
      else thread.run(task);
    }
  };
  const start = (): Thread | undefined => {
    try {
      const thread = new Thread(program ?? '', memory, {
        onIdle: () => {
          idle.push(thread);
          next();
        },
        onEnd: (unfinished) => {
          threads.delete(thread);
          if (idle.includes(thread)) idle.splice(idle.indexOf(thread), 1);
          // Starts no more threads, because the same cause may end them too.
          isUsable = false;
          if (unfinished !== undefined) perform(unfinished);
          next();
        },
      });
      threads.add(thread);
      return thread;
    } catch {
      isUsable = false;
      return undefined;
    }
  };
  return {
    width,
    run: <K extends PackTaskKind>(kind: K, task: PackTasks[K]['task']) =>
      new Promise<PackTasks[K]['result']>((resolve, reject) => {
        queue.push({ message: { kind, task }, resolve: resolve, reject });
        next();
      }),
    recycle: (bytes) => memory.recycle(bytes),
    stop() {
      isUsable = false;
      for (const thread of threads) thread.end();
    },
  };
}

/** One thread. It keeps the process alive only while it has a task. */
class Thread {
  readonly #worker: Worker;
  readonly #memory: OutputMemory;
  #task: PendingTask | undefined;

  constructor(
    program: string,
    memory: OutputMemory,
    events: { readonly onIdle: () => void; readonly onEnd: (unfinished: PendingTask | undefined) => void },
  ) {
    this.#memory = memory;
    // Does not pass on options of this process: `--import tsx` would load a compiler. Keeps the options of Yarn PnP,
    // which reads archives.
    const options = process.versions['pnp'] === undefined ? { execArgv: [], env: {} } : {};
    this.#worker = new Worker(program, {
      eval: true,
      // Limits the memory for new objects: without a limit, V8 lets the garbage of each thread grow to 50 MB.
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB },
      ...options,
    });
    this.#worker.unref();
    this.#worker.on('message', (answer: ResultMessage) => {
      const task = this.#task;
      this.#task = undefined;
      this.#worker.unref();
      if ('result' in answer) task?.resolve(memory.register(answer.result));
      else task?.reject(new Error(answer.problem));
      events.onIdle();
    });
    // After an error the thread exits; `onEnd` handles its task.
    this.#worker.on('error', () => undefined);
    this.#worker.on('exit', () => events.onEnd(this.#task));
  }

  run(task: PendingTask): void {
    this.#task = task;
    this.#worker.ref();
    const memory = this.#memory.take(task.message.kind);
    if (memory === undefined) this.#worker.postMessage(task.message);
    else this.#worker.postMessage({ ...task.message, memory } satisfies TaskMessage, [memory]);
  }

  end(): void {
    void this.#worker.terminate();
  }
}

function perform({ message: { kind, task }, resolve, reject }: PendingTask): void {
  setImmediate(() => {
    try {
      resolve(performTask(kind, task));
    } catch (error) {
      reject(error instanceof Error ? error : new Error(String(error)));
    }
  });
}

/** Reads the program of the threads, which this package's build writes; undefined if it is missing. */
function readProgram(): string | undefined {
  try {
    return readFileSync(path.join(packageFolder(), 'dist', 'pack-worker', 'pack-worker.cjs'), 'utf8');
  } catch {
    return undefined;
  }
}

function packageFolder(): string {
  const start = path.dirname(fileURLToPath(import.meta.url));
  for (let folder = start; folder !== path.dirname(folder); folder = path.dirname(folder)) {
    if (existsSync(path.join(folder, 'package.json'))) return folder;
  }
  return start;
}
