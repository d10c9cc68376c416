import type { StatesChange, StoredStates } from './stored-states.js';

/**
 * Writes what many executions change at about the same time in one go, in the order it came:
 * while one batch is on its way, the next one fills.
 */
export interface GroupWriter {
  /** Takes changes along with the next batch. */
  add(changes: readonly StatesChange[]): void;
  /** Resolves once all that was added so far is durable. @throws when it could not be written */
  flush(): Promise<void>;
}

/** @param onFault is told of a batch that could not be written */
export function openGroupWriter(stored: StoredStates, onFault: (error: unknown) => void): GroupWriter {
  let filling: StatesChange[] = [];
  let onItsWay: Promise<void> = Promise.resolve();
  let next: Promise<void> | undefined;
  const write = () => {
    const batch = filling;
    filling = [];
    next = undefined;
    return batch.length === 0 ? Promise.resolve() : stored.write(batch);
  };
  const flush = () => {
    if (next === undefined) {
      next = onItsWay.catch(() => undefined).then(write);
      onItsWay = next;
    }
    return next;
  };
  return {
    flush,
    add(changes) {
      filling.push(...changes);
      if (next === undefined) flush().catch(onFault);
    },
  };
}
