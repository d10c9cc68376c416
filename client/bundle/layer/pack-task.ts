import { countFiles, type CountResult, type CountTask } from './count-files.js';
import { deflateBatch, type DeflateResult, type DeflateTask } from './deflate-batch.js';
import { deflateChunk, type ChunkResult, type ChunkTask } from './deflate-chunk.js';
import { hashFiles, type HashResult, type HashTask } from './hash-files.js';

/** The tasks that packing runs in other threads: kind -> its input and its result. */
export interface PackTasks {
  readonly count: { readonly task: CountTask; readonly result: CountResult };
  readonly hash: { readonly task: HashTask; readonly result: HashResult };
  readonly batch: { readonly task: DeflateTask; readonly result: DeflateResult };
  readonly chunk: { readonly task: ChunkTask; readonly result: ChunkResult };
}

export type PackTaskKind = keyof PackTasks;

/** The message that starts a task in a thread. */
export interface TaskMessage {
  readonly kind: PackTaskKind;
  readonly task: PackTasks[PackTaskKind]['task'];
  /** Memory of an earlier result that is no longer used, for the bytes of this result. */
  readonly memory?: ArrayBuffer;
}

/** The answer of a thread: the result, or an error message for users. */
export type ResultMessage =
  | { readonly result: PackTasks[PackTaskKind]['result'] }
  | { readonly problem: string };

const PERFORMERS: {
  readonly [K in PackTaskKind]: (task: PackTasks[K]['task'], memory?: ArrayBuffer) => PackTasks[K]['result'];
} = { count: countFiles, hash: hashFiles, batch: deflateBatch, chunk: deflateChunk };

/**
 * Runs a task in this thread.
 * @param memory for the result's bytes, if it has any
 * @throws Error with a message for users that names the file and the problem
 */
export function performTask<K extends PackTaskKind>(
  kind: K,
  task: PackTasks[K]['task'],
  memory?: ArrayBuffer,
): PackTasks[K]['result'] {
  return PERFORMERS[kind](task, memory);
}
