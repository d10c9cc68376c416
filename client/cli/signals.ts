/** Signals that end a command: of Ctrl-C, of `kill`, and of a terminal that is closed. */
export const END_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
export type EndSignal = (typeof END_SIGNALS)[number];

/** Delivery of the signals of this process. */
export interface Signals {
  /** Aborts on a signal that no listener handles. */
  readonly interrupted: AbortSignal;
  /**
   * Handles signals with a listener from now on. The latest listener gets the signals.
   * @returns a function that removes the listener
   */
  readonly take: (listener: (signal: EndSignal) => void) => () => void;
}

/** Creates the signals, with a function that delivers one. */
export function createSignals(): Signals & { deliver(signal: EndSignal): void } {
  const interruption = new AbortController();
  const listeners: ((signal: EndSignal) => void)[] = [];
  return {
    interrupted: interruption.signal,
    take(listener) {
      listeners.push(listener);
      return () => void listeners.splice(listeners.indexOf(listener), 1);
    },
    deliver(signal) {
      const listener = listeners.at(-1);
      if (listener === undefined) interruption.abort(new Error(`received ${signal}`));
      else listener(signal);
    },
  };
}

/** Waits for work until it settles or a signal aborts. On abort, rejects with the signal's reason. */
export async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  let onAbort: (() => void) | undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    onAbort = () => reject(signal.reason as Error);
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort);
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    if (onAbort !== undefined) signal.removeEventListener('abort', onAbort);
  }
}

/** Waits until a signal aborts. */
export async function untilInterrupted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
