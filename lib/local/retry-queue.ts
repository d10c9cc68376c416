import { setMaxListeners } from 'node:events';

import { LocalAwsError } from './local-aws-error.js';
import type { PlaceContext } from './place-context.js';
import { whenListening } from './when-listening.js';

/** Wait before work is attempted again that could not be stored. */
const WRITABLE_WAIT_MS = 1_000;

export interface RetryQueueOptions<Work> {
  readonly context: PlaceContext;
  /** Name of the collection that keeps the work until it is done. */
  readonly collection: string;
  /** Describes work in the report of a fault, such as `A delivery of rule r`. */
  readonly describe: (work: Work) => string;
  /**
   * Does the work once. Returns undefined if it is done, else the wait and the work as the next attempt receives it.
   * @param closing aborts when the queue closes. Work whose attempt then rejects is done after the next start
   */
  readonly attempt: (
    work: Work,
    closing: AbortSignal,
  ) => Promise<{ readonly work: Work; readonly waitMs: number } | undefined>;
}

/**
 * Opens a queue that attempts each accepted work until it is done, and resumes the work that was left. Work is stored until
 * it is done, so it is done at least once, also if the local AWS is killed.
 */
export async function openRetryQueue<Work extends { readonly acceptedAtMs: number }>(
  options: RetryQueueOptions<Work>,
) {
  const { context, collection, describe, attempt } = options;
  const stored = context.store.collection<Work>(collection);
  const closing = new AbortController();
  // Each work that waits for its next attempt listens.
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
      // The number of attempts is lost at most, so the work goes on.
      await stored.put(key, work).catch((error: unknown) => {
        context.reportProblem(`${describe(work)} is not recorded after an attempt`, error);
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
    /** Resolves when the work is stored, all or none. It is done later. */
    async accept(accepted: readonly (readonly [id: string, work: Work])[]): Promise<void> {
      const entries = accepted.map(
        ([id, work]) => [`${String(work.acceptedAtMs).padStart(15, '0')}-${id}`, work] as const,
      );
      await stored.batch(entries.map(([key, work]) => ({ put: key, value: work })));
      for (const [key, work] of entries) start(key, work);
    },
    /** Stops. Work that is not done is done after the next start. */
    async close(): Promise<void> {
      closing.abort(new Error('The local AWS was stopped.'));
      await Promise.all(running);
    },
  };
}

/** Repeats what fails because the data cannot be written, such as on a full disk. */
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
