import { countFiles, type CountResult, type CountTask } from './count-files.js';
import { deflateBatch, type DeflateResult, type DeflateTask } from './deflate-batch.js';
import { deflateChunk, type ChunkResult, type ChunkTask } from './deflate-chunk.js';
import { hashFiles, type HashResult, type HashTask } from './hash-files.js';

/** The work that packing hands to other threads: kind -> what goes there and what comes back. */
export interface PackTasks {
  readonly count: { readonly task: CountTask; readonly result: CountResult };
  readonly hash: { readonly task: HashTask; readonly result: HashResult };
  readonly batch: { readonly task: DeflateTask; readonly result: DeflateResult };
  readonly chunk: { readonly task: ChunkTask; readonly result: ChunkResult };
}

export type PackTaskKind = keyof PackTasks;

/** A task on its way to a worker. */
export interface TaskMessage {
  readonly kind: PackTaskKind;
  readonly task: PackTasks[PackTaskKind]['task'];
  /** Memory for the result's bytes, used before by another result. */
  readonly into?: ArrayBuffer;
}

/** A worker's answer: the result, or the message of an error for people. */
export type ResultMessage =
  { readonly result: PackTasks[PackTaskKind]['result'] } | { readonly problem: string };

const PERFORMERS: {
  readonly [K in PackTaskKind]: (task: PackTasks[K]['task'], into?: ArrayBuffer) => PackTasks[K]['result'];
} = { count: countFiles, hash: hashFiles, batch: deflateBatch, chunk: deflateChunk };

/**
 * Performs a task in this thread.
 * @param into memory for the result's bytes, where it has any
 * @throws Error whose message names the file and what is wrong with it
 */
export function performTask<K extends PackTaskKind>(
  kind: K,
  task: PackTasks[K]['task'],
  into?: ArrayBuffer,
): PackTasks[K]['result'] {
  return PERFORMERS[kind](task, into);
}
