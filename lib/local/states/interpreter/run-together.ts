import { setMaxListeners } from 'node:events';

/** Abort reason of the signal that stops branches or items after another one has failed. */
export class SiblingFailed extends Error {}

/**
 * Runs several pieces of work at the same time. If one fails, stops the others, waits for their end, and throws the
 * first error.
 * @param signal stops all of them
 * @param count number of pieces
 * @param limit maximum number that run at the same time
 * @param work runs the piece with this index, and stops when the signal aborts
 * @returns the results, in the order of the indexes
 */
export async function runTogether<T>(
  signal: AbortSignal,
  { count, limit }: { readonly count: number; readonly limit: number },
  work: (index: number, signal: AbortSignal) => Promise<T>,
): Promise<T[]> {
  const failed = new AbortController();
  const either = AbortSignal.any([signal, failed.signal]);
  // Allows any number of listeners, because each piece of work may add one.
  setMaxListeners(0, either);
  const results = Array.from<T>({ length: count });
  let first: { readonly error: unknown } | undefined;
  let next = 0;
  const runParts = async () => {
    while (next < count && !either.aborted) {
      const index = next;
      next += 1;
      try {
        results[index] = await work(index, either);
      } catch (error) {
        first ??= { error };
        failed.abort(new SiblingFailed());
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, count) }, runParts));
  signal.throwIfAborted();
  if (first !== undefined) throw first.error;
  return results;
}
