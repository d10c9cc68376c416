import { setMaxListeners } from 'node:events';

import { LocalAwsError } from './local-aws-error.js';
import type { PlaceContext } from './place-context.js';
import { whenListening } from './when-listening.js';

/** Time before the next attempt to write if the data folder cannot be written. */
const WRITABLE_WAIT_MS = 1_000;

export interface RetryQueueOptions<Work> {
  readonly context: PlaceContext;
  /** Name of the collection that keeps the work until it is done. */
  readonly collection: string;
  /** Names the work in the report of an error, such as `A delivery of rule r`. */
  readonly describe: (work: Work) => string;
  /**
   * Attempts the work once. Returns undefined if the work is done. Otherwise returns the work with its changed data,
   * and the time until the next attempt.
   * @param closing aborts when the queue closes. If the attempt then rejects, the work is attempted again after the
   * next start
   */
  readonly attempt: (
    work: Work,
    closing: AbortSignal,
  ) => Promise<{ readonly work: Work; readonly waitMs: number } | undefined>;
}

/**
 * Opens a queue that attempts each accepted piece of work until it is done. Work is stored until then, so it is done
 * at least once even if the local AWS is killed: unfinished work continues after the next start.
 */
export async function openRetryQueue<Work extends { readonly acceptedAtMs: number }>(
  options: RetryQueueOptions<Work>,
) {
  const { context, collection, describe, attempt } = options;
  const stored = context.store.collection<Work>(collection);
  const closing = new AbortController();
  // Allows any number of listeners, because each piece of work that waits for its next attempt adds one.
  setMaxListeners(0, closing.signal);
  const running = new Set<Promise<void>>();

  const sleep = (waitMs: number) => context.clock.sleep(waitMs, closing.signal);
  const runUntilDone = async (key: string, accepted: Work): Promise<void> => {
    if (!(await whenListening(context, closing.signal))) return;
    for (let work = accepted; ;) {
      const current = work;
      const retry = await untilWritable(sleep, () => attempt(current, closing.signal));
      if (retry === undefined) return untilWritable(sleep, () => stored.delete(key));
      ({ work } = retry);
      // Continues if this write fails. After a restart, only the number of attempts may be too low.
      await stored.put(key, work).catch((error: unknown) => {
        context.reportProblem(`${describe(work)} could not be recorded after an attempt`, error);
      });
      await sleep(retry.waitMs);
    }
  };
  const start = (key: string, work: Work) => {
    const run = runUntilDone(key, work)
      .catch((error: unknown) => {
        if (!closing.signal.aborted) context.reportProblem(`${describe(work)} failed`, error);
      })
      .finally(() => running.delete(run));
    running.add(run);
  };

  for await (const [key, work] of stored.entries()) start(key, work);
  return {
    /**
     * Resolves when all the work is stored. If storing fails, none of it is stored. The work is attempted later.
     */
    async accept(accepted: readonly (readonly [id: string, work: Work])[]): Promise<void> {
      const entries = accepted.map(
        ([id, work]) => [`${String(work.acceptedAtMs).padStart(15, '0')}-${id}`, work] as const,
      );
      await stored.batch(entries.map(([key, work]) => ({ put: key, value: work })));
      for (const [key, work] of entries) start(key, work);
    },
    /** Stops the queue. Unfinished work continues after the next start. */
    async close(): Promise<void> {
      closing.abort(new Error('The local AWS was stopped.'));
      await Promise.all(running);
    },
  };
}

/** Repeats an operation while it fails because the data folder cannot be written, for example on a full disk. */
async function untilWritable<T>(sleep: (waitMs: number) => Promise<void>, act: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await act();
    } catch (error) {
      if (!(error instanceof LocalAwsError) || error.code !== 'DataFolderNotWritable') throw error;
      await sleep(WRITABLE_WAIT_MS);
    }
  }
}
