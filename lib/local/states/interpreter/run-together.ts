import { setMaxListeners } from 'node:events';

/** The reason of the signal that stops branches or items when another one has failed. */
export class SiblingFailed extends Error {}

/**
 * Runs the parts of some work at the same time. If one part fails, stops the others, and throws the first error when
 * all have ended.
 * @param signal stops all parts
 * @param count number of parts
 * @param limit maximum number of parts at the same time
 * @param work runs the part with an index until its signal aborts
 * @returns the results, in the order of the parts
 */
export async function runTogether<T>(
  signal: AbortSignal,
  { count, limit }: { readonly count: number; readonly limit: number },
  work: (index: number, signal: AbortSignal) => Promise<T>,
): Promise<T[]> {
  const failed = new AbortController();
  const either = AbortSignal.any([signal, failed.signal]);
  // Each part may add a listener.
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
