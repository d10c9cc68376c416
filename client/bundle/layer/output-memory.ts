import type { PackTaskKind, PackTasks } from './pack-task.js';

/** Size of the memory for a result's bytes; larger results have more. */
export const OUTPUT_BYTES = 1024 ** 2 + 64 * 1024;

/**
 * Joins pieces in memory of their own, which can be handed to another thread and comes back to be used again: memory
 * that is left to the garbage collector of each thread adds up to 100 MB before it runs.
 */
export function joined(pieces: readonly Uint8Array[], into?: ArrayBuffer): Uint8Array {
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
  const fits = into !== undefined && into.byteLength >= length;
  const bytes = new Uint8Array(fits ? into : new ArrayBuffer(Math.max(OUTPUT_BYTES, length)), 0, length);
  let position = 0;
  for (const piece of pieces) {
    bytes.set(piece, position);
    position += piece.length;
  }
  return bytes;
}

/** The memory of results, which goes from thread to thread. */
export class OutputMemory {
  readonly #free: ArrayBuffer[] = [];
  readonly #inUse = new WeakSet<ArrayBufferLike>();

  /** Returns memory for a task whose result has bytes. */
  take(kind: PackTaskKind): ArrayBuffer | undefined {
    return kind === 'batch' || kind === 'chunk' ? this.#free.pop() : undefined;
  }

  /** Notes a result that came from another thread. */
  note<R extends PackTasks[PackTaskKind]['result']>(result: R): R {
    if ('bytes' in result) this.#inUse.add(result.bytes.buffer);
    return result;
  }

  /** Takes back the bytes of a result. */
  recycle({ buffer }: Uint8Array): void {
    if (this.#inUse.delete(buffer)) this.#free.push(buffer as ArrayBuffer);
  }
}
