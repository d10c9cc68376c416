import type { StatesChange, StoredStates } from './stored-states.js';

export type GroupWriter = ReturnType<typeof openGroupWriter>;

/**
 * Opens a writer that stores the changes of many executions in batches, in the order in which they were added. While
 * a batch is being written, further changes are collected for the next one. If a batch cannot be written, for example
 * on a full disk, its changes become part of the next batch.
 * @param onFault receives the error of a failed write. Further errors are reported only after a batch was written
 */
export function openGroupWriter(stored: StoredStates, onFault: (error: unknown) => void) {
  let filling: StatesChange[] = [];
  let writing: Promise<void> = Promise.resolve();
  let next: Promise<void> | undefined;
  let isFailing = false;
  const write = async () => {
    const batch = filling;
    filling = [];
    next = undefined;
    if (batch.length === 0) return;
    try {
      await stored.write(batch);
      isFailing = false;
    } catch (error) {
      filling = [...batch, ...filling];
      if (!isFailing) onFault(error);
      isFailing = true;
      throw error;
    }
  };
  const flush = () => {
    if (next === undefined) {
      next = writing.catch(() => undefined).then(write);
      writing = next;
    }
    return next;
  };
  return {
    /** Resolves when all changes added so far are stored. @throws Error if they could not be written */
    flush,
    /** Adds changes to the next batch. */
    add(changes: readonly StatesChange[]): void {
      filling.push(...changes);
      if (next === undefined) flush().catch(() => undefined);
    },
  };
}
