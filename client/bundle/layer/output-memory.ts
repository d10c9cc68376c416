import type { PackTaskKind, PackTasks } from './pack-task.js';

/** The pool of memory for results, which is transferred between threads. */
export class OutputMemory {
  readonly #free: ArrayBuffer[] = [];
  readonly #inUse = new WeakSet<ArrayBufferLike>();

  /** Returns free memory for a task that results in bytes; undefined for other tasks, or if no memory is free. */
  take(kind: PackTaskKind): ArrayBuffer | undefined {
    return kind === 'batch' || kind === 'chunk' ? this.#free.pop() : undefined;
  }

  /** Records that the memory of a result from another thread is in use. Only such memory is kept when it is freed. */
  register<R extends PackTasks[PackTaskKind]['result']>(result: R): R {
    if ('bytes' in result) this.#inUse.add(result.bytes.buffer);
    return result;
  }

  /** Frees the memory of a result. */
  recycle({ buffer }: Uint8Array): void {
    if (this.#inUse.delete(buffer)) this.#free.push(buffer as ArrayBuffer);
  }
}
